import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { createDeploymentQueue } from '../../adapters/bullmq/deployment-queue.ts';
import { ComposeAppSource } from '../../adapters/compose/compose-app-source.ts';
import { CronerSchedules } from '../../adapters/croner/croner-schedules.ts';
import { AesSealer } from '../../adapters/crypto/aes-sealer.ts';
import { GithubHistory } from '../../adapters/github/github-history.ts';
import { authenticatorCodes } from '../../adapters/otp/authenticator-codes.ts';
import { PostgresDatabase } from '../../adapters/postgres/postgres-database.ts';
import { PrometheusMetrics } from '../../adapters/prometheus/prometheus-metrics.ts';
import { ContainerMetrics } from '../../adapters/swarm/container-metrics.ts';
import { connectDocker } from '../../adapters/swarm/docker-connection.ts';
import { EngineApi } from '../../adapters/swarm/engine-api.ts';
import { EngineImageResolver } from '../../adapters/swarm/engine-image-resolver.ts';
import { SwarmOrchestrator } from '../../adapters/swarm/swarm-orchestrator.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { createPasskeys } from '../../adapters/webauthn/create-passkeys.ts';
import { engineBreaker, guardImages, guardOrchestrator } from '../application/engine-breaker.ts';
import { type Failpoints, NO_FAILPOINTS } from '../application/failpoints.ts';
import { DEFAULT_LEASE_TTL_MS } from '../application/keep-lease.ts';
import type { Parts } from '../application/parts.ts';
import { SharedBreakers } from '../application/shared-breakers.ts';
import { createNotices } from '../chat-core/tell-person.ts';
import type { Settings } from '../config/settings.ts';
import { DEPLOYMENT_STATES, isOpen } from '../domain/deployment-state.ts';
import type { Logger } from '../ports/logger.ts';
import type { Closers } from './closers.ts';
import { databaseUrls } from './database-urls.ts';
import { encryptionKeys } from './encryption-keys.ts';
import { LiveAccess } from './live-access.ts';
import type { LiveWorkspace } from './live-workspace.ts';
import { serverAddress } from './server-address.ts';

export type OpenedParts = Parts & {
  readonly metrics: PrometheusMetrics;
  readonly database: PostgresDatabase;
  readonly docker: ReturnType<typeof connectDocker>;
};

export type OpenOptions = {
  readonly settings: Settings;
  readonly workspace: LiveWorkspace;
  readonly logger: Logger;
  readonly closers: Closers;
  /** Where the engine answers, when it is not where the settings say (one that we started). */
  readonly dockerHost?: string;
  readonly failpoints?: Failpoints;
  readonly leaseTtlMs?: number;
};

/** Puts the parts together: the database (embedded when none is configured), brought up to date, the queue, the engine, the definitions. */
export async function openParts(options: OpenOptions): Promise<OpenedParts> {
  const { settings, workspace, logger, closers } = options;
  const { connectionString, ownerUrl } = await databaseUrls(options);
  const sealer = new AesSealer(encryptionKeys(settings));
  const database = new PostgresDatabase({ connectionString, ownerUrl, logger, sealer });
  closers.add('database', () => database.close());
  await database.migrate();
  const access = await LiveAccess.open({ database, workspace: () => workspace.current, clock: systemClock, logger });
  closers.add('roles given in chat', () => access.close());

  const queue = createDeploymentQueue({ redisUrl: settings.redisUrl?.reveal() ?? null, connectionString, logger });
  closers.add('queue', () => queue.close(0));

  const docker = connectDocker(options.dockerHost ?? settings.docker.host ?? undefined, {
    tlsVerify: settings.docker.tlsVerify,
    ...(settings.docker.certPath === null ? {} : { certPath: settings.docker.certPath }),
  });
  const fingerprint = (bytes: Uint8Array): string => sealer.fingerprint(bytes);
  let source = new ComposeAppSource({ workspace: workspace.current, fingerprint });
  workspace.onChange((changed) => {
    source = new ComposeAppSource({ workspace: changed, fingerprint });
  });
  const containers = new ContainerMetrics({ api: new EngineApi(docker) });
  const metrics = new PrometheusMetrics(
    { openDeployments: () => countOpen(database), queue: () => queue.counts(), containers: () => containers.read() },
    logger,
  );
  const breakers = await SharedBreakers.open({ database, clock: systemClock, logger });
  closers.add('breakers', () => breakers.close());
  const swarm = new SwarmOrchestrator({ docker, logger, encryptNetworks: workspace.current.engine.encryptNetworks });
  const engine = engineBreaker(breakers, swarm);
  return {
    database,
    queue,
    docker,
    breakers: { engine, open: () => breakers.open() },
    orchestrator: guardOrchestrator(swarm, engine),
    images: guardImages(new EngineImageResolver({ docker, logger, breakers }), engine),
    source: { read: (request) => source.read(request) },
    sealer,
    rateLimits: database.rateLimits,
    oneTimeCodes: authenticatorCodes,
    passkeys: createPasskeys(settings.publicUrl, logger),
    pagesUrl: () => settings.publicUrl ?? serverAddress(settings),
    notices: createNotices({ database, workspace: () => workspace.current, clock: systemClock }),
    sourceHistory: new GithubHistory({
      apiUrl: settings.github.apiUrl,
      token: settings.github.token?.reveal() ?? null,
      clock: systemClock,
      logger,
    }),
    metrics,
    schedules: new CronerSchedules(),
    clock: systemClock,
    logger,
    workspace: () => access.current,
    configurationRefused: () => workspace.refused,
    failpoints: options.failpoints ?? NO_FAILPOINTS,
    holder: `${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`,
    leaseTtlMs: options.leaseTtlMs ?? DEFAULT_LEASE_TTL_MS,
  };
}

async function countOpen(database: PostgresDatabase): Promise<Readonly<Record<string, number>>> {
  const states = DEPLOYMENT_STATES.filter(isOpen);
  const counts: Record<string, number> = Object.fromEntries(states.map((state) => [state, 0]));
  for (const { state } of await database.stores.deployments.list({ states, limit: 1000 })) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}
