import { describe, expect, it } from 'vitest';
import { actions } from '../../../commands/actions/index.ts';
import { commands } from '../../../commands/index.ts';
import type { RemoveSecretRequest, SetSecretRequest } from '../../../src/application/app-secrets/requests.ts';
import type { DeploymentRequest, UseCases } from '../../../src/application/use-cases.ts';
import type { CommandContext, Reply } from '../../../src/chat/command.ts';
import { completeCommand } from '../../../src/chat/complete-command.ts';
import { showableText } from '../../../src/chat/conceal.ts';
import { parseCommand } from '../../../src/chat/parse-command.ts';
import { mayAnswerWithForm } from '../../../src/chat-core/intake/may-answer-with-form.ts';
import { refusal } from '../../../src/domain/refusal.ts';
import type { SecretVersion } from '../../../src/domain/secret.ts';
import { fakeUseCases, requested } from './fake-use-cases.ts';
import { operating } from './operating.ts';

const VALUE = 'hunter2-canary';
const context: CommandContext = { person: { id: 'ada', name: 'Ada' }, platform: 'web', channel: 'ops', deliveryId: 'x1', now: 1000 };
const version = (members: Partial<SecretVersion> = {}): SecretVersion => ({
  id: 's1',
  app: 'shop',
  environment: 'staging',
  name: 'DB_URL',
  version: 3,
  kind: 'set',
  by: { id: 'ada', name: 'Ada' },
  at: 0,
  ...members,
});

const { run } = operating(context);

async function act(verb: string, id: string, values: Record<string, string>, useCases: Partial<UseCases>): Promise<Reply> {
  const action = actions.find((candidate) => candidate.verb === verb);
  if (action === undefined) throw new Error(`no action ${verb}`);
  return action.handle(fakeUseCases(useCases), id, values, context);
}

describe('/secret set', () => {
  it('opens a form for the value, and says so before it runs', async () => {
    const reply = await run('/secret set shop staging DB_URL', { prepareSecret: async () => ({ asksFactor: false }) });
    expect(reply).toMatchObject({ kind: 'form', form: { action: 'secret-set:shop.staging' } });
    const fields = reply.kind === 'form' ? reply.form.fields.map((field) => [field.name, field.type === 'input' && field.multiline]) : [];
    expect(fields).toEqual([
      ['name', false],
      ['value', true],
    ]);
    expect(reply.kind === 'form' && reply.form.fields[0]).toMatchObject({ initial: 'DB_URL' });
    expect(mayAnswerWithForm({ commands, actions }, { kind: 'command', text: '/secret set shop staging DB_URL' })).toBe(true);
    expect(mayAnswerWithForm({ commands, actions }, { kind: 'command', text: '/secret list shop staging' })).toBe(false);
  });

  it('asks for a code where a second factor is asked for, and takes an empty one for a passkey', async () => {
    const reply = await run('/secret set shop production', { prepareSecret: async () => ({ asksFactor: true }) });
    expect(reply.kind === 'form' && reply.form.fields.map(({ name, optional }) => [name, optional])).toEqual([
      ['name', false],
      ['value', false],
      ['code', true],
    ]);
    const asked: SetSecretRequest[] = [];
    const page = { factorRequest: { summary: [], url: 'https://ships.example/confirm/x', expiresAt: 9, methods: ['passkey' as const] } };
    const useCases = {
      setSecret: async (request: SetSecretRequest) => {
        asked.push(request);
        return page;
      },
    };
    const answer = await act('secret-set', 'shop.production', { name: 'DB_URL', value: VALUE, code: ' ' }, useCases);
    expect(asked[0]).toMatchObject({ code: null, value: VALUE });
    expect(answer).toMatchObject({ kind: 'message', visibility: 'private' });
    expect(JSON.stringify(answer)).toContain('https://ships.example/confirm/x');
  });

  it('refuses whoever may not before any form opens', async () => {
    const reply = await run('/secret set shop staging DB_URL', { prepareSecret: async () => refusal('not_allowed', 'You may not.') });
    expect(reply).toMatchObject({ kind: 'refusal', refusal: { refused: 'not_allowed' } });
  });

  it('hands the form on exactly as it was typed, and never shows it', async () => {
    const asked: SetSecretRequest[] = [];
    const value = `  ${VALUE}\nsecond line\n`;
    const reply = await act(
      'secret-set',
      'shop.staging',
      { name: ' DB_URL ', value },
      {
        setSecret: async (request) => {
          asked.push(request);
          return { secret: version(), uses: [{ kind: 'revision', version: '1.4.2', revision: 7 }], isDeployed: true };
        },
      },
    );
    expect(asked[0]).toMatchObject({
      app: 'shop',
      environment: 'staging',
      name: 'DB_URL',
      value,
      code: null,
      delivery: { platform: 'web', deliveryId: 'x1' },
    });
    expect(reply).toMatchObject({ kind: 'message', visibility: 'private' });
    expect(JSON.stringify(reply)).not.toContain(VALUE);
    expect(JSON.stringify(reply)).toContain('/deploy shop staging');
    expect(JSON.stringify(reply)).toContain('secret-deploy:shop.staging');
  });

  it('deploys again what runs, by the button', async () => {
    const asked: DeploymentRequest[] = [];
    const reply = await act(
      'secret-deploy',
      'shop.staging',
      {},
      {
        requestDeployment: async (request) => {
          asked.push(request);
          return requested('d1');
        },
      },
    );
    expect(asked[0]).toMatchObject({ app: 'shop', environment: 'staging', version: null });
    expect(reply).toMatchObject({ kind: 'card', deploymentId: 'd1' });
  });
});

describe('a value typed into the chat', () => {
  it.each([
    `/secret set shop staging DB_URL ${VALUE}`,
    `/secret set shop staging DB_URL=${VALUE}`,
    `/secret set shop staging DB_URL --value ${VALUE}`,
    `/secret set shop staging DB_URL --${VALUE}`,
    `/secret set shop staging "${VALUE} and more`,
    `/secret set shop "${VALUE}!" DB_URL`,
    `/secret set DB_URL ${VALUE}! more`,
    `/secret ${VALUE} shop staging`,
    `/secret set shop staging DB_URL ${VALUE}${'x'.repeat(2100)}`,
    `/secret set shop staging DB_URL ${`${VALUE} `.repeat(80)}`,
    `@shipmate secret set shop staging DB_URL ${VALUE}`,
    `/secert set shop staging DB_URL ${VALUE}`,
  ])('is refused without being repeated, and is not stored: %s', (text) => {
    const parsed = parseCommand(text, commands);
    expect(parsed.ok).toBe(false);
    expect(JSON.stringify(parsed)).not.toContain(VALUE);
    expect(showableText(text, commands, parsed.ok)).not.toContain(VALUE);
  });

  it('is answered with the warning that it is known now', () => {
    const parsed = parseCommand(`/secret set shop staging DB_URL ${VALUE}`, commands);
    expect(parsed.ok ? null : parsed.refusal.message).toBe('If that was a secret, it now stands in this chat: treat it as known.');
  });

  it('hides nothing of other commands, and nothing of one that was understood', () => {
    expect(showableText('/deploy shop staging --reson x', commands, false)).toBe('/deploy shop staging --reson x');
    expect(showableText('/secret list shop staging', commands, true)).toBe('/secret list shop staging');
    expect(showableText('/secret set shop staging A b', commands, false)).toBe('/secret set •••');
  });
});

describe('/secret list, history and remove', () => {
  it('show names, versions, when and by whom', async () => {
    const reply = await run('/secret list shop staging', { listSecrets: async () => [version()] });
    const table = reply.kind === 'message' ? reply.message.elements.find(({ type }) => type === 'table') : undefined;
    expect(table).toMatchObject({ rows: [['DB_URL', '3', 'Ada', '1 Jan 00:00']] });
    expect(reply).toMatchObject({ visibility: 'private' });
    const history = await run('/secret history shop staging', { readSecretHistory: async () => [version({ kind: 'removed' }), version()] });
    expect(JSON.stringify(history)).toContain('removed');
  });

  it('asks before it removes, with the releases that would miss it; with a code where one is asked for', async () => {
    const uses = [{ kind: 'revision' as const, version: '1.4.2', revision: 7 }];
    const planned = (asksFactor: boolean) => ({ planSecretRemoval: async () => ({ secret: version(), uses, asksFactor }) });
    const question = await run('/secret remove shop staging DB_URL', planned(false));
    expect(JSON.stringify(question)).toContain('revision 7 (1.4.2)');
    expect(JSON.stringify(question)).toContain('secret-remove:s1');
    expect(JSON.stringify(await run('/secret remove shop staging DB_URL', planned(true)))).toContain('secret-remove-ask:s1');
    expect(await act('secret-remove-ask', 's1', {}, {})).toMatchObject({ kind: 'form', form: { action: 'secret-remove:s1' } });
    expect(await run('/secret remove shop staging')).toMatchObject({ kind: 'refusal' });

    const asked: RemoveSecretRequest[] = [];
    const removed = await act(
      'secret-remove',
      's1',
      { code: '123456' },
      {
        removeSecret: async (request) => {
          asked.push(request);
          return { secret: version({ kind: 'removed' }), uses, isDeployed: true };
        },
      },
    );
    expect(asked).toEqual([{ person: context.person, id: 's1', code: '123456', source: 'web:ops' }]);
    expect(removed).toMatchObject({ kind: 'message', message: { tone: 'success' } });
  });

  it('completes names', async () => {
    const { completions } = await completeCommand('/secret remove shop staging D', commands, fakeUseCases(), context);
    expect(completions.map(({ value }) => value)).toEqual(['DB_URL']);
  });
});
