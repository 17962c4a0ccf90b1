import { describe, expect, it } from 'vitest';
import { commands } from '../../../commands/index.ts';
import type { SignOutRequest } from '../../../src/application/sessions/sign-out.ts';
import type { CommandContext } from '../../../src/chat/command.ts';
import { parseCommand } from '../../../src/chat/parse-command.ts';
import { fakeUseCases } from './fake-use-cases.ts';

const context: CommandContext = {
  person: { id: 'dana', name: 'Dana', session: 's1' },
  platform: 'web',
  channel: 'ops',
  deliveryId: 'x1',
  now: 1000,
};

describe('/sign-out', () => {
  it.each([
    ['/sign-out', null, { name: 'Dana', isOwn: true, ended: 2 }, 'Ended 2 sessions of your browser chat'],
    ['/sign-out', null, { name: 'Dana', isOwn: true, ended: 0 }, 'You are signed in to the browser chat nowhere else.'],
    ['/sign-out olga', 'olga', { name: 'Olga', isOwn: false, ended: 1 }, 'Ended 1 session of Olga’s browser chat'],
    ['/sign-out olga', 'olga', { name: 'Olga', isOwn: false, ended: 0 }, 'Olga is not signed in to the browser chat.'],
  ])('%s of %s says privately what it did', async (text, target, done, summary) => {
    const asked: SignOutRequest[] = [];
    const signOut = async (request: SignOutRequest) => {
      asked.push(request);
      return done;
    };
    const parsed = parseCommand(text, commands);
    if (!parsed.ok) throw new Error(parsed.refusal.message);
    const reply = await parsed.bound.run(fakeUseCases({ signOut }), context);
    expect(reply).toMatchObject({ kind: 'message', visibility: 'private', message: { summary } });
    expect(asked).toEqual([{ person: context.person, target, source: 'web:ops' }]);
  });

  it('offers people', async () => {
    const command = commands.find(({ name }) => name === 'sign-out');
    expect(await command?.complete?.(fakeUseCases(), 'person', {}, context)).toContainEqual({ value: 'olga', label: 'Olga Owner' });
  });
});
