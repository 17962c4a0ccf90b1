import { randomBytes } from 'node:crypto';
import { AesSealer } from '../../adapters/crypto/aes-sealer.ts';
import { createHttpServer } from '../../adapters/http/index.ts';
import { createLogger } from '../../adapters/pino/create-logger.ts';
import { PostgresDatabase } from '../../adapters/postgres/postgres-database.ts';
import { PrometheusMetrics } from '../../adapters/prometheus/prometheus-metrics.ts';
import { createSlack } from '../../adapters/slack/index.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { actions } from '../../commands/actions/index.ts';
import { commands } from '../../commands/index.ts';
import { createChatCore } from '../../src/chat-core/create-chat-core.ts';
import { startIntake } from '../../src/chat-core/intake/start-intake.ts';
import { createDeploymentProjection } from '../../src/chat-core/project-deployment.ts';
import { aWorkspace } from '../../test/support/builders.ts';
import { SIGNING_SECRET } from '../../test/support/slack/sender.ts';
import { fakeUseCases } from '../../test/unit/commands/fake-use-cases.ts';

/** The way that a slash command takes in the real process: server, signature, Bolt, the durable intake, the core. */
const connectionString = process.argv[2] ?? '';
const logger = createLogger({ level: 'error', pretty: false, destination: process.stderr });
const clock = systemClock;
const sealer = new AesSealer([{ id: 'bench', bytes: randomBytes(32) }]);
const database = new PostgresDatabase({ connectionString, logger, sealer });
await database.migrate();
const metrics = new PrometheusMetrics({}, logger);
const workspace = () =>
  aWorkspace({ limits: { commandsPerMinute: 1_000_000, channelCommandsPerMinute: 1_000_000, deploymentsPerHour: 120 } });
// The answer of /help needs no use case; everything around it is the real thing.
const useCases = fakeUseCases({});
const projection = createDeploymentProjection({ database, readDeployment: useCases.readDeployment, workspace, clock });
const core = createChatCore({
  commands,
  actions,
  useCases,
  database,
  rateLimits: database.rateLimits,
  workspace,
  projection,
  clock,
  logger,
  metrics,
});
const { intake } = startIntake({
  core,
  commands,
  actions,
  database,
  sealer,
  clock,
  logger,
  metrics,
  findPerson: async (_platform, { id, name }) => ({ id, name }),
});
const slack = createSlack({
  transport: { kind: 'http', signingSecret: SIGNING_SECRET },
  access: { kind: 'token', botToken: 'xoxb-bench' },
  // Nobody listens there: a command does not wait for Slack's own API.
  apiUrl: 'http://127.0.0.1:47/api/',
  publicUrl: null,
  intake,
  pages: { home: () => Promise.reject(new Error('not asked for')), deployment: async () => null },
  logger,
  clock,
});
const server = createHttpServer({ logger, metrics: { contentType: 'text/plain', text: async () => '' }, readiness: [] });
await server.register(slack.plugin);
const url = await server.listen({ host: '127.0.0.1', port: 0 });
process.send?.({ url: `${url}/slack/events` });
process.on('disconnect', () => process.exit(0));
