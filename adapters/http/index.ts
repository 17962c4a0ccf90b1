export { createHttpServer } from './create-http-server.ts';
