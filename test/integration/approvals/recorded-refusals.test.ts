import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askRequester } from '../../../src/application/approvals/ask-requester.ts';
import { createFactorPages } from '../../../src/application/second-factor/factor-pages.ts';
import { newLink } from '../../../src/application/second-factor/new-link.ts';
import type { Confirmation } from '../../../src/domain/confirmation.ts';
import { ApprovalLab } from '../../support/approvals/approval-lab.ts';
import { personOf, policyOf } from '../../support/approvals/cast.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { aPerson, factorParts } from '../../support/second-factor/person-with-factors.ts';

/** Refusals that pass no command, which would record them. */
let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 5 });
});
afterAll(() => test.drop());

const recorded = async (subject: string, actor: string) =>
  (await test.database.stores.audit.list({ subject, limit: 50 }))
    .filter((record) => record.actor === actor)
    .map(({ action, result, details }) => `${action} ${result} ${details['code'] ?? ''}`.trim());

describe('a refusal is recorded', () => {
  it('of a question of somebody who does not decide', async () => {
    const lab = await ApprovalLab.open([test.database], { policy: policyOf([{ count: 1, from: ['admin'] }]) });
    await lab.asks('dana');
    const vera = personOf('vera', lab.suffix);
    const question = { person: vera, request: (await lab.request(0)).id, question: 'why?', source: 'web:ops' };
    expect(await askRequester(lab.parts(), question)).toMatchObject({ refused: 'not_an_approver' });
    expect(await recorded(`${lab.app}/production`, vera.id)).toEqual(['approval.ask refused not_an_approver']);
    await lab.close();
  });

  it.each([
    [
      'break_glass',
      { app: 'shop', environment: 'staging', version: '1.0.0', reason: 'the checkout is down', platform: 'web', channel: 'ops' },
    ],
    ['secret_write', { app: 'shop', environment: 'staging', name: 'KEY', kind: 'set', waiting: 'w1' }],
  ] as const)('of %s, confirmed on its page by somebody whose role is gone by then', async (purpose, values) => {
    const person = aPerson();
    const { parts, clock } = factorParts(test);
    const subject = `shop-${randomUUID().slice(0, 8)}/staging`;
    const confirmation: Confirmation = { purpose, subject, hash: 'h', summary: ['what it does'], values };
    const link = await newLink(parts, test.database.stores, {
      person,
      platform: 'web',
      about: { kind: 'confirmation', confirmation, speaker: {} },
      now: clock.now(),
    });
    const token = link.url.split('/').at(-1) ?? '';
    const confirmed = await createFactorPages(parts).confirm(token, { personId: person.id, browser: 'b'.repeat(43) }, {});
    expect(confirmed).toMatchObject({ refused: 'unknown_app' });
    expect(await recorded(subject, person.id)).toEqual(['confirmation.refused refused unknown_app']);
  });
});
