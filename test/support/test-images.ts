import type Docker from 'dockerode';
import { buildImage } from '../../adapters/local-engine/build-image.ts';
import { ensureNodeBaseImage } from '../../adapters/local-engine/node-base-image.ts';

/** Images that the real engine runs in tests: one tiny HTTP app in good and in broken versions. */
export const TEST_IMAGES = {
  good: 'shipmate-test/app:1.0.0',
  next: 'shipmate-test/app:1.1.0',
  /** Ends with status 1 at once. */
  crashing: 'shipmate-test/app:2.0.0-crashes',
  /** Serves, but its health check never passes. */
  unhealthy: 'shipmate-test/app:2.0.0-unhealthy',
  /** Healthy for three seconds, then not any more. */
  failingLater: 'shipmate-test/app:2.0.0-fails-later',
} as const;

/** Its own health check, as an image without a shell runs it. */
export const PROBE_COMMAND = ['CMD', 'node', '/app/probe.js'] as const;
export const APP_PORT = 8080;

/** `VERSION` and `BEHAVIOUR` come from the image. */
const SERVER = `
const http = require('node:http');
const os = require('node:os');
const { VERSION, BEHAVIOUR, PORT = '${APP_PORT}' } = process.env;
if (BEHAVIOUR === 'crashes') { console.error('boom: this version cannot start'); process.exit(1); }
const startedAt = Date.now();
const isHealthy = () => BEHAVIOUR !== 'unhealthy' && !(BEHAVIOUR === 'fails-later' && Date.now() - startedAt > 3000);
const server = http.createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://app');
  const healthy = pathname !== '/healthz' || isHealthy();
  response.writeHead(healthy ? 200 : 503, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ app: 'test', version: VERSION, hostname: os.hostname() }));
});
server.listen(Number(PORT), () => console.log('listening, version ' + VERSION));
process.on('SIGTERM', () => {
  console.log('stopping');
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
`;

const PROBE = `
const request = require('node:http').get({ host: '127.0.0.1', port: process.env.PORT || ${APP_PORT}, path: '/healthz', timeout: 1000 },
  (response) => process.exit(response.statusCode === 200 ? 0 : 1));
request.on('error', () => process.exit(1));
request.on('timeout', () => process.exit(1));
`;

const DOCKERFILE = `
ARG BASE
FROM $BASE
ARG VERSION
ARG BEHAVIOUR
ENV VERSION=$VERSION BEHAVIOUR=$BEHAVIOUR
WORKDIR /app
COPY server.js probe.js /app/
USER 1000:1000
CMD ["node", "server.js"]
`;

/** Idempotent: the builder's cache makes the same image again. A few seconds the first time. */
export async function buildTestImages(docker: Docker): Promise<void> {
  const base = await ensureNodeBaseImage(docker, () => undefined);
  const files = [
    { path: 'Dockerfile', content: DOCKERFILE },
    { path: 'server.js', content: SERVER },
    { path: 'probe.js', content: PROBE },
  ];
  for (const tag of Object.values(TEST_IMAGES)) {
    const version = tag.slice(tag.lastIndexOf(':') + 1);
    const [, behaviour = ''] = /^[\d.]+-(.*)$/.exec(version) ?? [];
    await buildImage(docker, { tag, files, args: { BASE: base, VERSION: version, BEHAVIOUR: behaviour } });
  }
}
