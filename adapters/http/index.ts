export { createHttpServer } from './create-http-server.ts';
export type { ReadinessCheck } from './readiness.ts';
