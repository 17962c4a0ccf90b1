import { describe, expect, it } from 'vitest';
import { commands } from '../../../commands/index.ts';
import type { AuditQuestion } from '../../../src/application/read-audit.ts';
import type { CommandContext } from '../../../src/chat/command.ts';
import { completeCommand } from '../../../src/chat/complete-command.ts';
import { parseCommand } from '../../../src/chat/parse-command.ts';
import { refusal } from '../../../src/domain/refusal.ts';
import { fakeUseCases } from './fake-use-cases.ts';

const context: CommandContext = {
  person: { id: 'dana', name: 'Dana' },
  platform: 'web',
  channel: 'ops',
  deliveryId: 'x1',
  now: Date.UTC(2026, 10, 21, 12),
};

async function run(text: string, readAudit: ReturnType<typeof fakeUseCases>['readAudit']) {
  const parsed = parseCommand(text, commands);
  if (!parsed.ok) throw new Error(parsed.refusal.details.join());
  return parsed.bound.run(fakeUseCases({ readAudit }), context);
}

const record = {
  id: 1,
  at: Date.UTC(2026, 10, 21, 11),
  actor: 'ada',
  actorName: 'Ada',
  action: 'deployment.request',
  subject: 'shop/staging',
  source: 'web:ops',
  result: 'done' as const,
  details: { version: '1.2.0', deployment: '01abcdefgh' },
};

describe('/audit', () => {
  it('asks for what was typed', async () => {
    const asked: AuditQuestion[] = [];
    const readAudit = async (question: AuditQuestion) => {
      asked.push(question);
      return [];
    };
    await run('/audit Shop staging --by "Ada Lovelace" --since 7d --result refused --limit 3', readAudit);
    await run('/audit', readAudit);
    const { person } = context;
    expect(asked).toEqual([
      { person, app: 'shop', environment: 'staging', by: 'Ada Lovelace', lastMs: 7 * 86_400_000, result: 'refused', limit: 3 },
      { person, app: null, environment: null, by: null, lastMs: null, result: null, limit: 15 },
    ]);
  });

  it('answers one person alone, in one line for each record, with the way to all of it', async () => {
    const refused = { ...record, actor: 'eve', actorName: 'eve', action: 'command.refused', result: 'refused' as const };
    const reply = await run('/audit shop', async () => [
      record,
      { ...refused, details: { command: 'deploy', code: 'not_allowed' } },
      { ...refused, details: { command: 'button:rollback', code: 'locked' } },
      { ...record, action: 'deployment.cancel', result: 'failed', details: { deployment: '01abcdefgh' } },
    ]);
    expect(reply).toMatchObject({ kind: 'message', visibility: 'private' });
    const elements = reply.kind === 'message' ? reply.message.elements : [];
    expect(elements.find(({ type }) => type === 'table')).toMatchObject({
      rows: [
        ['21 Nov 11:00', 'Ada', 'deployment request 1.2.0', 'shop/staging', '✅ done', 'web:ops'],
        ['21 Nov 11:00', 'eve', '/deploy', 'shop/staging', '⛔ refused: not allowed', 'web:ops'],
        ['21 Nov 11:00', 'eve', 'button rollback', 'shop/staging', '⛔ refused: locked', 'web:ops'],
        ['21 Nov 11:00', 'Ada', 'deployment cancel 01abcdef', 'shop/staging', '🛑 failed', 'web:ops'],
      ],
    });
    expect(JSON.stringify(elements)).toContain('shipmate audit export --app shop');
  });

  it('says so when there is nothing, and passes refusals on', async () => {
    expect(await run('/audit shop', async () => [])).toMatchObject({ message: { summary: expect.stringContaining('nothing found') } });
    const no = refusal('not_allowed', 'You may not.');
    expect(await run('/audit shop', async () => no)).toEqual({ kind: 'refusal', refusal: no });
  });

  it('refuses a time that is none', () => {
    const parsed = parseCommand('/audit shop --since yesterday', commands);
    expect(parsed.ok).toBe(false);
    expect(JSON.stringify(parsed)).toContain('is no length of time: write 30m');
  });

  it('completes apps, results and times', async () => {
    const complete = async (text: string) =>
      (await completeCommand(text, commands, fakeUseCases(), context)).completions.map(({ value }) => value);
    expect(await complete('/audit s')).toEqual(['shop']);
    expect(await complete('/audit shop --result re')).toEqual(['refused']);
    expect(await complete('/audit shop --since ')).toEqual(['1d', '7d', '30d']);
    expect(await complete('/audit shop --by ')).toEqual(['me']);
  });
});
