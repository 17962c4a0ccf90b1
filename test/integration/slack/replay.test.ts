import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../adapters/system/system-clock.ts';
import type { Reply } from '../../../src/chat/command.ts';
import { type StartedIntake, startIntake } from '../../../src/chat-core/intake/start-intake.ts';
import { countingCore } from '../../support/delivery/counting-core.ts';
import { NO_DELIVERY_METRICS, turningSealer } from '../../support/delivery/delivery-lab.ts';
import { createTestDatabase, silentLogger, type TestDatabase } from '../../support/postgres.ts';
import { click, command, mention, send, signedEvent, signedForm, signedInteraction } from '../../support/slack/sender.ts';
import { type ServedSlack, serveSlack } from '../../support/slack/serve-slack.ts';

const REPLY: Reply = { kind: 'message', visibility: 'public', message: { summary: 'done', tone: 'success', elements: [] } };

let database: TestDatabase;
let effects = 0;
const intakes: StartedIntake[] = [];
const instances: ServedSlack[] = [];

beforeAll(async () => {
  database = await createTestDatabase({ poolSize: 10 });
  for (const view of [database.database, database.another()]) {
    const effect = async () => {
      effects += 1;
      return REPLY;
    };
    const intake = startIntake({
      core: countingCore(view, effect),
      commands: [],
      actions: [],
      database: view,
      sealer: turningSealer,
      clock: systemClock,
      logger: silentLogger,
      metrics: NO_DELIVERY_METRICS,
      findPerson: async (_platform, { id, name }) => ({ id, name }),
    });
    intakes.push(intake);
    instances.push(await serveSlack({ intake: intake.intake }));
  }
});
afterAll(async () => {
  for (const instance of instances) await instance.close();
  for (const intake of intakes) await intake.stop();
  await database.drop();
});

test.each([
  ['command', () => signedForm(command('/deploy shop staging'))],
  ['mention', () => signedEvent(mention('<@U0SHIPMATE> deploy shop staging'))],
  ['click', () => signedInteraction(click('roll-back:d1'))],
])('a %s replayed a thousand times over two processes with one database has one effect', async (_, request) => {
  effects = 0;
  const replayed = request();
  const answers = await Promise.all(
    Array.from({ length: 1000 }, (_unused, index) => {
      const instance = instances[index % instances.length];
      if (instance === undefined) throw new Error('no instance');
      return send(instance, replayed);
    }),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  await expect.poll(() => unanswered(), { timeout: 15_000 }).toBe(0);
  expect(effects).toBe(1);
});

async function unanswered(): Promise<number> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query('SELECT count(*)::int AS count FROM intake WHERE answered_at IS NULL');
  await client.end();
  return rows[0].count;
}
