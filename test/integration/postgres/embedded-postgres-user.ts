import { startEmbeddedPostgres } from '../../../adapters/embedded-postgres/start-embedded-postgres.ts';
import { createLogger } from '../../../adapters/pino/create-logger.ts';

/** A process that uses the server in a folder until it is told to stop, or killed. */
const postgres = await startEmbeddedPostgres({ dataDir: process.argv[2] ?? '', logger: createLogger({ level: 'error', pretty: false }) });
process.once('message', async () => {
  await postgres.stop();
  process.exit(0);
});
process.send?.(postgres.url);
