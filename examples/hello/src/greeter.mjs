import { createServer } from 'node:http';

const version = process.env.VERSION ?? 'unknown';
const server = createServer((_, response) => response.end(`Hello from greeter ${version}`)).listen(8080);
process.once('SIGTERM', () => server.close());
