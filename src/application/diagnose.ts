import { describeOutage, type OpenBreaker } from '../domain/breaker.ts';
import { ENGINE } from './engine-breaker.ts';
import { examineAudit } from './examine-audit.ts';
import type { Parts } from './parts.ts';
import { storedSecrets } from './stored-secrets.ts';
import type { Diagnosis } from './use-cases.ts';

/** Each dependency must answer within this time to count as working. */
const PATIENCE_MS = 5000;

/** `/doctor`: every dependency, what was found, and how to mend it. Never throws: a broken dependency is an answer. */
export async function diagnose(parts: Parts): Promise<readonly Diagnosis[]> {
  const { database, queue, orchestrator } = parts;
  return Promise.all([
    examine(parts, 'Postgres', 'Start it, and check DATABASE_URL.', async () => {
      await database.ping();
      return ok('answers');
    }),
    examine(parts, 'audit trail', 'Start the database, and run `shipmate migrate`.', () => examineAudit(database)),
    examine(parts, 'queue', 'Start Redis and check REDIS_URL if it is set, otherwise the database.', async () => {
      await queue.ping();
      const { waiting, active, failed } = await queue.counts();
      return ok(`${waiting} waiting, ${active} running${failed > 0 ? `, ${failed} failed` : ''}`);
    }),
    examine(parts, 'engine', 'Start the Docker Engine, and check DOCKER_HOST and who may use its socket.', async () => {
      const open = parts.breakers.open().find(({ part }) => part === ENGINE);
      if (open !== undefined) return leftAlone(parts, open, 'Start the Docker Engine, and check DOCKER_HOST and who may use its socket.');
      const engine = await orchestrator.capabilities();
      const found = `${engine.engine} ${engine.version}, ${engine.nodes} node${engine.nodes === 1 ? '' : 's'}`;
      if (!engine.isManager)
        return {
          state: 'broken',
          found: `${found}, not a swarm manager`,
          remedy: 'Run `docker swarm init` there, or point DOCKER_HOST at a manager.',
        };
      if (!engine.virtualIps) {
        const remedy = 'Load the kernel module ip_vs for virtual IPs; until then services use DNS round robin and host ports.';
        return { state: 'warning', found: `${found}; no virtual IPs`, remedy };
      }
      return ok(found);
    }),
    examine(parts, 'registries', 'Check the network and the registry.', () => examineRegistries(parts)),
    examine(parts, 'configuration', 'Correct the lines and save.', () => examineConfiguration(parts)),
    examine(parts, 'app definitions', 'Mend them and save; nothing else has to be restarted.', () => examineDefinitions(parts)),
    examine(parts, 'chat delivery', 'See docs/slack.md and docs/discord.md: what to do when something does not work.', () =>
      examineDelivery(parts),
    ),
    examine(parts, 'worker', 'Start `shipmate worker` (or `shipmate up`).', () => examineWorker(parts)),
  ]);
}

/** Since when, when it is tried again, and what it said. Deployments wait for it meanwhile. */
function leftAlone({ clock }: Parts, open: OpenBreaker, remedy: string): Omit<Diagnosis, 'name'> {
  return { state: 'broken', found: `${describeOutage(open, clock.now())}. It said: ${open.because}`, remedy };
}

/** Those that do not answer; what the engine has already is deployed all the same. */
async function examineRegistries(parts: Parts): Promise<Omit<Diagnosis, 'name'>> {
  const open = parts.breakers.open().filter(({ part }) => part !== ENGINE);
  if (open.length === 0) return ok('none is left alone');
  const found = open.map((each) => `${each.part} ${describeOutage(each, parts.clock.now())}`).join('; ');
  return { state: 'warning', found, remedy: 'Check the network and the registry; images that the engine has already can be deployed.' };
}

/** A refused change is not in force, and never became a version. */
async function examineConfiguration(parts: Parts): Promise<Omit<Diagnosis, 'name'>> {
  const refused = parts.configurationRefused?.() ?? [];
  const newest = await parts.database.stores.configuration.newest();
  const inForce = newest === null ? 'the last valid content' : `version ${newest.number}`;
  if (refused.length === 0) return ok(`${inForce} is in force`);
  return {
    state: 'broken',
    found: `${refused.join(' ')} ${inForce} stays in force`,
    remedy: 'Correct the lines and save; nothing has to be restarted.',
  };
}

async function examineDefinitions(parts: Parts): Promise<Omit<Diagnosis, 'name'>> {
  const workspace = parts.workspace();
  const broken: string[] = [];
  let count = 0;
  for (const app of Object.values(workspace.apps)) {
    for (const environment of Object.keys(app.environments)) {
      count += 1;
      const read = await parts.source.read({
        app: app.name,
        environment,
        version: '0.0.0-doctor',
        secrets: storedSecrets(parts, app.name, environment),
      });
      if (!read.ok) broken.push(`${app.name} ${environment} (${read.findings.length} findings, see \`shipmate validate\`)`);
    }
  }
  if (broken.length > 0) return { state: 'broken', found: broken.join('; '), remedy: 'Run `shipmate validate`.' };
  const apps = Object.keys(workspace.apps).length;
  return ok(`${count} ${count === 1 ? 'environment' : 'environments'} of ${apps} ${apps === 1 ? 'app' : 'apps'} can be read`);
}

const DAY_MS = 24 * 3_600_000;
const LOOKED_AT = 20;

/** What could not be brought to Slack or Discord lately; why stands with each message. */
async function examineDelivery({ database, clock }: Parts): Promise<Omit<Diagnosis, 'name'>> {
  const { deliveries, messages } = database.stores;
  const lost = await Promise.all(['slack', 'discord'].map((platform) => deliveries.undeliverable(platform, LOOKED_AT)));
  const dated = await Promise.all(
    lost.flat().map(async ({ messageId, reason }) => ({ reason, at: (await messages.find(messageId))?.createdAt ?? 0 })),
  );
  const recent = dated.filter(({ at }) => clock.now() - at < DAY_MS);
  if (recent.length === 0) return ok('nothing is undeliverable');
  const reasons = [...new Set(recent.map(({ reason }) => reason ?? 'for no recorded reason'))];
  const found = `${recent.length} ${recent.length === 1 ? 'message' : 'messages'} of the last day could not be delivered: ${reasons.join('; ')}`;
  return {
    state: 'warning',
    found,
    remedy: 'Is the bot in those channels, and may it write there? See docs/slack.md and docs/discord.md.',
  };
}

/** A runnable deployment that nobody takes means that no worker listens. */
async function examineWorker(parts: Parts): Promise<Omit<Diagnosis, 'name'>> {
  const now = parts.clock.now();
  const waiting = await parts.database.stores.deployments.runnable(now);
  const found = await Promise.all(waiting.map(({ id }) => parts.database.stores.deployments.find(id)));
  const late = found.filter((deployment) => deployment !== null && now - deployment.requestedAt > 30_000);
  if (late.length === 0) return ok('nothing waits for one');
  return {
    state: 'broken',
    found: `${late.length} deployments wait and nobody takes them`,
    remedy: 'Start `shipmate worker` (or `shipmate up`).',
  };
}

function ok(found: string): Omit<Diagnosis, 'name'> {
  return { state: 'ok', found, remedy: null };
}

async function examine(parts: Parts, name: string, remedy: string, look: () => Promise<Omit<Diagnosis, 'name'>>): Promise<Diagnosis> {
  const timer = new AbortController();
  const late = parts.clock
    .sleep(PATIENCE_MS, timer.signal)
    .then((): Omit<Diagnosis, 'name'> => ({ state: 'broken', found: `no answer within ${PATIENCE_MS / 1000} s`, remedy }));
  try {
    return { name, ...(await Promise.race([look(), late])) };
  } catch (error) {
    parts.logger.warn({ dependency: name, error }, 'a dependency does not work');
    return { name, state: 'broken', found: error instanceof Error ? error.message : String(error), remedy };
  } finally {
    timer.abort();
  }
}
