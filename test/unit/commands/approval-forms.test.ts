import { describe, expect, it } from 'vitest';
import { DISCORD_LIMITS } from '../../../adapters/discord/limits.ts';
import { SLACK_LIMITS } from '../../../adapters/slack/limits.ts';
import { actions } from '../../../commands/actions/index.ts';
import { approveForm, codeField } from '../../../commands/approval-forms.ts';
import { commands } from '../../../commands/index.ts';
import type { CommandContext } from '../../../src/chat/command.ts';
import type { FactorRequest } from '../../../src/domain/confirmation.ts';
import { refusal } from '../../../src/domain/refusal.ts';
import { fakeUseCases } from './fake-use-cases.ts';

const context: CommandContext = { person: { id: 'dana', name: 'Dana' }, platform: 'web', channel: 'ops', deliveryId: 'x1', now: 1000 };
const named = { app: 'shop', environment: 'production', version: '1.2.1', planHash: '4f3a9c21d0e5b6a7' };

const asking = (url: string | null): FactorRequest => ({
  factorRequest: { summary: ['Approve shop production'], url, expiresAt: 9000, methods: url === null ? ['totp'] : ['totp', 'passkey'] },
});

async function submittedWithoutCode(verb: string, id: string, url: string | null): Promise<string> {
  const action = actions.find((candidate) => candidate.verb === verb);
  const useCases = fakeUseCases({ decideApproval: async () => asking(url), breakGlass: async () => asking(url) });
  return JSON.stringify(await action?.handle(useCases, id, { reason: 'looks good', code: '' }, context));
}

describe('the form of an approval', () => {
  it('names the plan where each platform shows it', () => {
    const form = approveForm('q1', named, true);
    expect(form.submit).toBe('Approve plan 4f3a9c21');
    expect(form.submit.length).toBeLessThanOrEqual(SLACK_LIMITS.modalButton);
    expect(form.title).toBe('Approve shop production 1.2.1 · 4f3a9c21');
    expect(form.title.length).toBeLessThanOrEqual(DISCORD_LIMITS.modalTitle);
  });

  it('says in the label of the code what happens without one, in full on every platform', () => {
    expect(codeField().label).toBe('Code (empty: confirm with a passkey)');
    expect(codeField().label.length).toBeLessThanOrEqual(DISCORD_LIMITS.label);
  });

  it.each([
    ['approve-form', 'q1', 'ress Approve again, and type the code of your authenticator app. A comment has to be typed again, too.'],
    ['break-glass-form', 'shop.production.1.2.1', 'ype /break-glass again, and fill in the code of your authenticator app and the reason.'],
  ])('%s without a code says what to do, with a link for a passkey and without one', async (verb, id, rest) => {
    const [first, lower] = verb === 'approve-form' ? ['P', 'p'] : ['T', 't'];
    expect(await submittedWithoutCode(verb, id, null)).toContain(`"${first}${rest}"`);
    expect(await submittedWithoutCode(verb, id, 'https://ships.example/confirm/x')).toContain(`"Or ${lower}${rest}"`);
  });
});

describe('/break-glass', () => {
  const bound = commands.find(({ name }) => name === 'break-glass')?.bind({ app: 'shop', environment: 'production', version: '1.2.1' });
  const typed = async (useCases: Parameters<typeof fakeUseCases>[0]) => {
    if (bound?.ok !== true) throw new Error('that is what people type');
    return bound.run(fakeUseCases(useCases), context);
  };

  it('opens its form at once for whoever may, and plans nothing before it is submitted', async () => {
    const slow = () => Promise.reject(new Error('the registry was asked'));
    expect(await typed({ prepareBreakGlass: async () => null, planDeployment: slow, breakGlass: slow })).toMatchObject({ kind: 'form' });
  });

  it('shows no form to whoever may not', async () => {
    expect(await typed({ prepareBreakGlass: async () => refusal('not_allowed', 'You may not.') })).toMatchObject({
      refusal: { refused: 'not_allowed' },
    });
  });

  it('asks for a version, and does not say that it may be left out', () => {
    const command = commands.find(({ name }) => name === 'break-glass');
    expect(command?.arguments.find(({ name }) => name === 'version')).toMatchObject({
      isRequired: true,
      explains: 'The version to deploy.',
    });
  });
});
