import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/chat/message.ts';
import { changedAccessView } from '../../../src/views/access.ts';
import { factorRequestView } from '../../../src/views/factor-request.ts';
import { factorPageView, factorsView } from '../../../src/views/factors.ts';
import { linkCodeView } from '../../../src/views/people.ts';
import { confirmSecretView } from '../../../src/views/secrets.ts';
import { createdTokenView } from '../../../src/views/tokens.ts';

const url = 'https://ships.example/confirm/x';
const factorRequest = { summary: [], url, expiresAt: 9000, methods: ['passkey'] } as const;
const ada = { id: 'ada', name: 'Ada' };
const wanted = { app: 'shop', personId: 'dana', role: 'owner', change: 'grant', grantUntil: 9000 } as const;

/** The browser writes "in 10 minutes" after the label, so it must not end with a word that asks for a point in time. */
describe('what stands before a time', () => {
  it.each<[string, Message]>([
    ['locked factors', factorsView({ factors: [], recoveryCodesLeft: 0, lockedUntil: 9000, passkeys: true }, 0)],
    ['a page for a factor', factorPageView({ url, expiresAt: 9000, asksNumber: true }, 'factor')],
    ['a confirmation', factorRequestView({ factorRequest }, 'it', { words: 'Or so.' })],
    ['a secret', confirmSecretView({ factorRequest })],
    ['a code for another platform', linkCodeView('ABC', 9000)],
    [
      'a token',
      createdTokenView({
        id: 'k3f9',
        name: 'ci',
        maker: ada,
        scope: { apps: ['shop'], environments: ['staging'], permissions: ['view'] },
        createdAt: 0,
        expiresAt: 9000,
        revoked: null,
        lastUsedAt: null,
      }),
    ],
    [
      'a change of roles that was asked for',
      changedAccessView({ wanted, name: 'Dana', outcome: 'asked', id: 'c1', seconds: { people: [], hasUnknown: false }, expiresAt: 9000 }),
    ],
  ])('%s reads well with "in 10 minutes"', (_title, { elements }) => {
    const labels = elements.flatMap((element) => (element.type === 'time' ? [element.label] : []));
    expect(labels).toHaveLength(1);
    expect(labels.join()).toMatch(/(?:expires|ends)$/i);
  });
});
