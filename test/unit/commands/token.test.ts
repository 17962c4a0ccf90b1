import { describe, expect, it } from 'vitest';
import { actions } from '../../../commands/actions/index.ts';
import { commands } from '../../../commands/index.ts';
import type { CreateTokenRequest } from '../../../src/application/machines/requests.ts';
import type { UseCases } from '../../../src/application/use-cases.ts';
import type { CommandContext } from '../../../src/chat/command.ts';
import { parseCommand } from '../../../src/chat/parse-command.ts';
import { mayAnswerWithForm } from '../../../src/chat-core/intake/may-answer-with-form.ts';
import type { ApiToken } from '../../../src/domain/api-token.ts';
import { fakeUseCases } from './fake-use-cases.ts';
import { operating } from './operating.ts';

const context: CommandContext = { person: { id: 'ada', name: 'Ada' }, platform: 'web', channel: 'ops', deliveryId: 'x1', now: 1000 };
const token: ApiToken = {
  id: 'k3f9',
  name: 'ci',
  maker: { id: 'ada', name: 'Ada' },
  scope: { apps: ['shop'], environments: ['staging'], permissions: ['deploy', 'view'] },
  createdAt: 0,
  expiresAt: 90 * 86_400_000,
  revoked: null,
  lastUsedAt: null,
};

const { run } = operating(context);

describe('/token', () => {
  it('shows a new token in a form, which is stored nowhere, and afterwards all but the token', async () => {
    const asked: CreateTokenRequest[] = [];
    const reply = await run('/token create ci --app shop,blog --environment staging --may deploy,view --for 30d', {
      createToken: async (request) => {
        asked.push(request);
        return { token, secret: 'shm_secret' };
      },
    });
    expect(asked[0]).toMatchObject({
      name: 'ci',
      scope: { apps: ['shop', 'blog'], environments: ['staging'], permissions: ['deploy', 'view'] },
      forMs: 30 * 86_400_000,
      delivery: { platform: 'web', deliveryId: 'x1' },
    });
    expect(reply).toMatchObject({
      kind: 'form',
      form: { action: 'token-shown:k3f9', fields: [{ initial: 'shm_secret', isSecret: true, isShownOnce: true, optional: false }] },
    });
    expect(mayAnswerWithForm({ commands, actions }, { kind: 'command', text: '/token create ci --app shop --environment staging' })).toBe(
      true,
    );
    const shown = actions.find(({ verb }) => verb === 'token-shown');
    const after = await shown?.handle(fakeUseCases({ listTokens: async () => [token] }), 'k3f9', { token: 'shm_secret' }, context);
    expect(after).toMatchObject({ kind: 'message', visibility: 'private' });
    expect(JSON.stringify(after)).not.toContain('shm_secret');
  });

  it('asks for the second factor by a page and a form, and shows the token to whoever presses the button then', async () => {
    const asking = {
      factorRequest: { summary: ['Make the token'], url: null, expiresAt: 9, methods: ['totp'] },
      wish: 'w1',
    } as const;
    const asked = await run('/token create ci --app shop --environment production', { createToken: async () => asking });
    expect(asked).toMatchObject({ kind: 'message', visibility: 'private' });
    const press = async (action: string, values: Record<string, string>, useCases: Partial<UseCases> = {}) => {
      const [verb = '', id = ''] = action.split(':');
      const definition = actions.find((candidate) => candidate.verb === verb);
      return definition?.handle(fakeUseCases(useCases), id, values, context);
    };
    const actionsIn = (reply: unknown) => [...JSON.stringify(reply).matchAll(/"action":"([^"]+)"/g)].map(([, action = '']) => action);
    expect(actionsIn(asked)).toEqual(['token-code:w1']);
    const form = await press('token-code:w1', {});
    expect(actionsIn(form)).toEqual(['token-do:w1']);
    expect(await press('token-do:w1', { code: ' ' })).toMatchObject({ refusal: { refused: 'wrong_code' } });
    const confirmed = await press(
      'token-do:w1',
      { code: '123456' },
      { confirmToken: async ({ wish }) => ({ confirmed: wish, name: 'ci' }) },
    );
    expect(actionsIn(confirmed)).toEqual(['token-show:w1']);
    const shown = await press('token-show:w1', {}, { showToken: async () => ({ token, secret: 'shm_secret' }) });
    expect(shown).toMatchObject({ kind: 'form', form: { fields: [{ initial: 'shm_secret', isShownOnce: true }] } });
    for (const verb of ['token-code', 'token-show', 'link-code'])
      expect(mayAnswerWithForm({ commands, actions }, { kind: 'action', action: `${verb}:w1`, values: {} })).toBe(true);
  });

  it('is for certain apps and environments, for a time', async () => {
    expect(await run('/token create ci --app shop')).toMatchObject({ kind: 'refusal', refusal: { refused: 'invalid_arguments' } });
    expect(await run('/token create ci --app shop --environment staging --for ever')).toMatchObject({ kind: 'refusal' });
    const parsed = parseCommand('/token create ci --app shop --environment staging --may grant', commands);
    expect(parsed.ok).toBe(false);
  });

  it('lists and revokes', async () => {
    const listed = await run('/token list', { listTokens: async () => [token, { ...token, id: 'old', expiresAt: 5 }] });
    expect(JSON.stringify(listed)).toContain('expired');
    expect(listed).toMatchObject({ visibility: 'private' });
    expect(await run('/token revoke')).toMatchObject({ kind: 'refusal' });
    expect(await run('/token revoke ci', { revokeToken: async () => token })).toMatchObject({ message: { tone: 'success' } });
  });
});
