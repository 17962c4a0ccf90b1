import { createDeploymentQueue } from '../../adapters/bullmq/deployment-queue.ts';
import { createLogger } from '../../adapters/pino/create-logger.ts';

/** A consumer in a process of its own, to be killed: says over IPC what it got, and never finishes a job. */
const { redisUrl, connectionString } = JSON.parse(process.argv[2] ?? '{}') as { redisUrl: string | null; connectionString: string };
const queue = createDeploymentQueue({ redisUrl, connectionString, logger: createLogger({ level: 'silent', pretty: false }) });
await queue.consume(2, (deploymentId) => {
  process.send?.(deploymentId);
  return new Promise<never>(() => undefined);
});
process.send?.('ready');
