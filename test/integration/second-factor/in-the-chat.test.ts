import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../adapters/system/system-clock.ts';
import { actions } from '../../../commands/actions/index.ts';
import { commands } from '../../../commands/index.ts';
import { createUseCases } from '../../../src/application/create-use-cases.ts';
import { findPerson } from '../../../src/application/find-person.ts';
import type { Account } from '../../../src/chat/chat-intake.ts';
import type { Reply } from '../../../src/chat/command.ts';
import { createChatCore } from '../../../src/chat-core/create-chat-core.ts';
import { type StartedIntake, startIntake } from '../../../src/chat-core/intake/start-intake.ts';
import { createDeploymentProjection } from '../../../src/chat-core/project-deployment.ts';
import { createNotices, tellPerson } from '../../../src/chat-core/tell-person.ts';
import type { Person } from '../../../src/domain/deployment.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import { noticeView } from '../../../src/views/notice.ts';
import { aWorkspace } from '../../support/builders.ts';
import { NO_DELIVERY_METRICS } from '../../support/delivery/parts.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { anApp, factorParts, SEALER, someRecoveryCodes } from '../../support/second-factor/person-with-factors.ts';

/** Second factors from a chat platform, through everything between its delivery and the database. */
let test: TestDatabase;
const started: StartedIntake[] = [];
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 10 });
});
afterAll(async () => {
  await Promise.all(started.map((each) => each.stop()));
  await test.drop();
});

const account: Account = { id: 'T1/UADA', name: 'Ada', groups: [] };
const ada: Person = { id: 'ada', name: 'Ada' };

function setUp() {
  const logged: string[] = [];
  const write = (fields: object, text: string) => void logged.push(JSON.stringify({ ...fields, text }));
  const logger: Logger = { debug: write, info: write, warn: write, error: write, child: () => logger };
  const identities = { slack: account.id, discord: '118000000000000001', terminal: 'ada' };
  const workspace = aWorkspace({ people: { ada: { ...ada, identities } }, channels: [{ name: 'deploys', topic: '' }] });
  const current = () => workspace;
  const { parts } = factorParts(test, {
    logger,
    clock: systemClock,
    workspace: current,
    notices: createNotices({ database: test.database, workspace: current, clock: systemClock }),
  });
  const useCases = createUseCases(parts);
  const projection = createDeploymentProjection({ ...parts, readDeployment: useCases.readDeployment });
  const core = createChatCore({ ...parts, commands, actions, useCases, projection });
  const { intake, ...rest } = startIntake({
    ...parts,
    sealer: SEALER,
    metrics: NO_DELIVERY_METRICS,
    core,
    commands,
    actions,
    findPerson: (platform, who) => findPerson(parts, platform, who),
  });
  started.push({ intake, ...rest });
  const deliver = async (what: Parameters<typeof intake.accept>[0]['what']): Promise<Reply> => {
    const delivery = { platform: 'slack', deliveryId: randomUUID(), channel: 'T1/C1', account, what, handle: null };
    const accepted = await intake.accept(delivery);
    const reply = accepted.kind === 'accepted' ? await accepted.settled : null;
    if (reply === null) throw new Error(`not settled: ${accepted.kind}`);
    return reply;
  };
  return { parts, logged, deliver, intake };
}

describe('a code that is typed into a form', () => {
  it('proves, and stands nowhere afterwards: in no table and no log', async () => {
    const { logged, deliver, intake } = setUp();
    await anApp(test, ada);
    const [code = '', wrong = ''] = [(await someRecoveryCodes(test, ada))[0], 'WRONGX-WRONGX-WRONGX-WRONGX'];

    const asked = await deliver({ kind: 'command', text: '/mfa add' });
    const buttons = asked.kind === 'message' ? asked.message.elements.flatMap((one) => (one.type === 'buttons' ? one.buttons : [])) : [];
    const open = { kind: 'action', action: buttons[0]?.action ?? '', values: {} } as const;
    // Discord has to know before it acknowledges.
    expect(intake.mayAnswerWithForm({ what: open })).toBe(true);
    const form = await deliver(open);
    const action = form.kind === 'form' ? form.form.action : '';
    const submit = (recovery: string) => deliver({ kind: 'action', action, values: { code: '', recovery } });

    expect(await submit(wrong)).toMatchObject({ kind: 'refusal', refusal: { refused: 'wrong_code' } });
    const page = await submit(code);
    expect(page).toMatchObject({ kind: 'message', visibility: 'private' });
    expect(await submit(code)).toMatchObject({ kind: 'refusal', refusal: { refused: 'code_used' } });

    const everything = [...logged, await dumpAll()].join('\n');
    for (const secret of [code, code.replaceAll('-', ''), wrong, wrong.replaceAll('-', '')]) {
      expect(everything).not.toContain(secret);
      expect(everything).not.toContain(Buffer.from(secret).toString('hex'));
      expect(everything).not.toContain(Buffer.from(secret).toString('base64').replace(/=+$/, ''));
    }
  });
});

describe('telling one person', () => {
  const messagesWith = async (key: string) => {
    const rows = await query('SELECT platform, channel, private_to FROM messages WHERE key = $1 ORDER BY platform', [key]);
    return rows.map(({ platform, channel, private_to }) => [platform, channel, private_to]);
  };
  const message = noticeView({ key: 'k', tone: 'neutral', title: 'Hello', lines: ['there'] });

  it('writes to them alone wherever they have an account, once', async () => {
    const { parts } = setUp();
    const linked = { platform: 'slack', account: 'T2/UADA', name: 'Ada', linkedAt: 1 };
    await test.database.stores.identities.link({ ...linked, personId: 'ada' });
    for (let times = 0; times < 2; times += 1) await tellPerson(parts, 'ada', 'once', message);
    expect(await messagesWith('once')).toEqual([
      ['discord', '@118000000000000001', null],
      ['slack', account.id, null],
      ['slack', 'T2/UADA', null],
      ['web', 'deploys', 'ada'],
    ]);
    await test.database.stores.identities.unlink('slack', 'T2/UADA');
  });

  it('reaches an account that is nobody where it is, and nobody elsewhere', async () => {
    const { parts } = setUp();
    await tellPerson(parts, 'slack:T9/UXX', 'stranger', message);
    expect(await messagesWith('stranger')).toEqual([['slack', 'T9/UXX', null]]);
    await tellPerson(parts, 'somebody', 'gone', message);
    expect(await messagesWith('gone')).toEqual([]);
  });

  it('happens with what it is about, or not at all', async () => {
    const { parts } = setUp();
    const broken = parts.database.transact(async (stores) => {
      await parts.notices.tell(stores, 'ada', { key: 'broken', tone: 'danger', title: 'Locked', lines: [] });
      throw new Error('it did not happen');
    });
    await expect(broken).rejects.toThrow('it did not happen');
    expect(await messagesWith('notice:broken')).toEqual([]);
  });
});

async function query(text: string, values: readonly string[] = []): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: test.url });
  await client.connect();
  try {
    return (await client.query(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

/** Every row of every table, as text. */
async function dumpAll(): Promise<string> {
  const tables = await query("SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'");
  const lines: string[] = [];
  for (const { name } of tables) lines.push(...(await query(`SELECT t::text AS row FROM ${String(name)} t`)).map(({ row }) => String(row)));
  return lines.join('\n');
}
