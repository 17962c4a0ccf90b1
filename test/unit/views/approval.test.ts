import { describe, expect, it } from 'vitest';
import { plainText } from '../../../src/chat/plain-text.ts';
import type { ApprovalState } from '../../../src/domain/approval.ts';
import type { RiskFlag } from '../../../src/domain/risk.ts';
import { approvalElements, approvalLine, approvalMessage, approvalNudge } from '../../../src/views/approval.ts';
import { approvalsView } from '../../../src/views/approvals.ts';
import { deploymentCard } from '../../../src/views/deployment-card.ts';
import { anApprovalCard, aRequest } from '../../support/approval-builders.ts';
import { aServicePlan } from '../../support/builders.ts';
import { NOW, someFacts } from './facts.ts';

const ada = { id: 'ada', name: 'Ada' };
const textOf = (value: unknown): string => JSON.stringify(value);

describe('an approval that is asked for', () => {
  const card = anApprovalCard(
    {
      rules: [
        { count: 1, from: ['owner'], filled: 1, open: [], hasPlatformGroup: false },
        { count: 2, from: ['security'], filled: 0, open: [{ id: 'linus', name: 'Linus' }], hasPlatformGroup: true },
      ],
      votes: [{ person: ada, decision: 'approve', at: 1, factor: 'passkey', reason: 'looks good', groups: [] }],
      background: {
        commits: { from: 'a'.repeat(40), to: 'b'.repeat(40), url: 'https://example.org/compare/a...b', between: null },
        trial: { environment: 'staging', since: 0, until: null, wasRolledBack: false },
        wayBack: { version: '1.0.0', revision: 4 },
        risks: [{ kind: 'irreversible', names: ['migrate'] }],
      },
    },
    { reason: 'the new checkout', version: '1.1.0', previousVersion: '1.0.0' },
  );

  it.each([
    'Grace',
    'the new checkout',
    '1 of 3',
    'aaaaaaaa → bbbbbbbb',
    'https://example.org/compare/a...b',
    'runs in staging since',
    'leads to 1.0.0 (revision 4)',
    'Runs migrate, which a rollback does not undo.',
    '✅ Ada approved (passkey): looks good.',
    '2 more of security: Linus and members of its group',
    'approve:q1',
    'reject:q1',
    'ask:q1',
    'view-plan:d1',
  ])('says %s', (expected) => {
    expect(textOf(approvalMessage(card))).toContain(expected);
  });

  it('stands on the deployment’s own card with its buttons and without stages that have not begun', () => {
    const facts = { ...someFacts(card.deployment), approval: card };
    const message = deploymentCard(facts);
    expect(textOf(message)).toContain('approve:q1');
    expect(textOf(message)).toContain('Withdraw');
    expect(message.elements.some(({ type }) => type === 'steps')).toBe(false);
  });

  it('promises no end while people decide, and says whose yes is missing as a choice', () => {
    expect(textOf(deploymentCard({ ...someFacts(card.deployment), approval: card, etaAt: NOW + 7000 }))).not.toContain('Expected end');
    const rules = [{ count: 1, from: ['owner', 'admin'], filled: 0, open: [{ id: 'ada', name: 'Ada' }], hasPlatformGroup: false }];
    expect(textOf(approvalMessage({ ...card, rules }))).toContain('1 more of owner or admin: Ada');
  });

  it('is a reminder with the same buttons, and names who asked', () => {
    const text = textOf(approvalNudge(card, 'reminder'));
    for (const expected of ['Still waits for you', 'Grace asked: the new checkout', 'approve:q1']) expect(text).toContain(expected);
  });

  it('offers nothing to decide to whoever may not, and says so', () => {
    for (const kind of ['reminder', 'escalation'] as const) {
      const text = textOf(approvalNudge(card, kind, false));
      expect(text).not.toMatch(/approve:|reject:|ask:|waits for you/);
      expect(text).toContain('view-plan:d1');
    }
    expect(textOf(approvalMessage(card, false))).not.toMatch(/approve:|reject:|ask:/);
  });

  it('says by its escalation whether anybody has decided', () => {
    expect(textOf(approvalNudge(card, 'escalation'))).toContain('Not everybody has decided yet');
    expect(textOf(approvalNudge({ ...card, votes: [] }, 'escalation'))).toContain('Nobody has decided yet');
  });

  it('shows digests in short and every changed setting by its name, never a value', () => {
    const changes = [{ path: 'environment.DB_URL', before: 'postgres://old', after: 'postgres://new', hidden: true }];
    const services = [aServicePlan('web', { changes, pinnedImage: `shop/web:1@sha256:${'c'.repeat(64)}` })];
    const text = textOf(approvalElements({ ...card, deployment: { ...card.deployment, plan: { ...card.deployment.plan, services } } }));
    expect(text).toContain('web cccccccccccc');
    expect(text).toContain('environment.DB_URL');
    expect(text).not.toContain('postgres://');
  });

  it('keeps digests out of the fields, and below who asks and why', () => {
    const services = Array.from({ length: 6 }, (_, index) =>
      aServicePlan(`service-${index}`, { pinnedImage: `a:1@sha256:${'d'.repeat(64)}` }),
    );
    const { elements } = approvalMessage({ ...card, deployment: { ...card.deployment, plan: { ...card.deployment.plan, services } } });
    const holding = (part: string) => elements.flatMap((element, index) => (textOf(element).includes(part) ? [index] : []));
    const images = holding('dddddddddddd');
    expect(images.map((index) => elements[index])).toEqual([
      { type: 'text', style: 'quiet', text: expect.stringMatching(/^Images: service-0 d{12}, .*service-5 d{12}$/) },
    ]);
    for (const before of ['Asked by', 'the new checkout', 'which a rollback does not undo']) {
      expect(Math.max(...holding(before))).toBeLessThan(images[0] ?? 0);
    }
  });

  it('keeps what people wrote on one line and without control characters', () => {
    const hostile = 'ok\u202Eevil\u0007\n@everyone';
    const message = approvalMessage(anApprovalCard({}, { reason: hostile }));
    const fields = message.elements.flatMap((element) => (element.type === 'fields' ? element.fields : []));
    const why = fields.find(({ label }) => label === 'Why')?.value ?? '';
    expect(why).toBe(plainText(why));
    expect(why).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe('an approval that is over', () => {
  it.each<[ApprovalState, string, string | null, string]>([
    ['approved', 'Ada', null, 'Approved'],
    ['used', 'Ada', null, 'started'],
    ['rejected', 'Ada', 'not reversible', 'Rejected by Ada: not reversible.'],
    ['expired', 'Ada', 'nobody decided in time', 'Expired: nobody decided in time.'],
    ['withdrawn', 'Ada', null, 'Withdrawn by Ada'],
    ['voided', 'Ada', 'web names another image now', 'Void: web names another image now.'],
  ])('%s says who and why, and has no buttons to decide', (state, name, because, expected) => {
    const request = aRequest({ state, closed: { at: 1, by: { id: 'ada', name }, because } });
    const card = anApprovalCard({ request }, { state: 'cancelled' });
    expect(approvalLine(card)).toContain(expected);
    for (const message of [approvalMessage(card), approvalNudge(card, 'reminder'), approvalNudge(card, 'escalation')]) {
      expect(message.summary).toContain(expected);
      expect(textOf(message)).not.toContain('approve:q1');
    }
  });
});

describe('what an approver should not miss', () => {
  it.each<[RiskFlag, string]>([
    [{ kind: 'first_deployment' }, 'first deployment'],
    [{ kind: 'large', services: 7, changes: 30 }, '7 services, 30 settings'],
    [{ kind: 'removes', names: ['worker'] }, 'Removes worker.'],
    [{ kind: 'untried' }, 'has not run anywhere else'],
    [{ kind: 'rolled_back_elsewhere', environment: 'staging' }, 'rolled back in staging'],
    [{ kind: 'outside_hours' }, 'outside working hours'],
  ])('%j', (risk, expected) => {
    const card = anApprovalCard({ background: { commits: null, trial: null, wayBack: null, risks: [risk] } });
    expect(textOf(approvalMessage(card))).toContain(expected);
  });

  it('is said once: what ran nowhere is a warning, and no field', () => {
    const card = anApprovalCard({ background: { commits: null, trial: null, wayBack: null, risks: [{ kind: 'untried' }] } });
    const text = textOf(approvalMessage(card));
    expect(text).not.toContain('Tried');
    expect(text.split('has not run anywhere else')).toHaveLength(2);
  });
});

describe('/approvals', () => {
  it('offers to decide only what is not one’s own', () => {
    const mine = { ...anApprovalCard(), isMine: true, mayDecide: true };
    expect(textOf(approvalsView([mine]))).not.toContain('approve:q1');
    expect(textOf(approvalsView([{ ...mine, isMine: false }]))).toContain('approve:q1');
    expect(textOf(approvalsView([{ ...mine, isMine: false, mayDecide: false }]))).not.toContain('approve:q1');
    expect(approvalsView([]).tone).toBe('success');
  });

  it('is titled by what there is', () => {
    const mine = { ...anApprovalCard(), isMine: true, mayDecide: true };
    const theirs = { ...mine, isMine: false };
    expect(approvalsView([mine]).summary).toBe('1 request of yours waits');
    expect(approvalsView([mine, mine]).summary).toBe('2 requests of yours wait');
    expect(approvalsView([mine, theirs]).summary).toBe('1 request for you to decide');
    expect(approvalsView([{ ...theirs, mayDecide: false }]).summary).toBe('1 request waits for others');
    expect(approvalsView([]).summary).toBe('Nothing waits for you');
  });
});
