export { machineApi } from './api-routes.ts';
