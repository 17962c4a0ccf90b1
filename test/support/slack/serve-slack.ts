import fastify from 'fastify';
import { createLogger } from '../../../adapters/pino/create-logger.ts';
import type { Slack, SlackOptions } from '../../../adapters/slack/create-slack.ts';
import { createSlack } from '../../../adapters/slack/index.ts';
import { systemClock } from '../../../adapters/system/system-clock.ts';
import { FakeIntake } from './fake-intake.ts';
import { SIGNING_SECRET } from './sender.ts';

export type ServedSlack = {
  readonly slack: Slack;
  readonly intake: FakeIntake;
  readonly url: string;
  close(): Promise<void>;
};

const silent = createLogger({ level: 'silent', pretty: false });

/** One instance of the adapter, mounted as the process mounts it. */
export async function serveSlack(changes: Partial<SlackOptions> = {}, intake = new FakeIntake()): Promise<ServedSlack> {
  const slack = createSlack({
    transport: { kind: 'http', signingSecret: SIGNING_SECRET },
    access: { kind: 'token', botToken: 'xoxb-peer-bot' },
    apiUrl: 'http://127.0.0.1:47/api/',
    timeoutMs: 1000,
    publicUrl: 'https://shipmate.example',
    intake,
    pages: { home: async () => ({ summary: 'Home', tone: 'neutral', elements: [] }), deployment: async () => null },
    logger: silent,
    clock: systemClock,
    ...changes,
  });
  const server = fastify({ bodyLimit: 64 * 1024, forceCloseConnections: true });
  await server.register(slack.plugin);
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  return {
    slack,
    intake,
    url,
    async close() {
      await server.close();
      await slack.stop();
    },
  };
}
