import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { breakGlass } from '../../../src/application/approvals/break-glass.ts';
import { decideApproval } from '../../../src/application/approvals/decide-approval.ts';
import { cancelDeployment } from '../../../src/application/cancel-deployment.ts';
import { requestDeployment } from '../../../src/application/request-deployment.ts';
import { requestRollback } from '../../../src/application/request-rollback.ts';
import { isFactorRequest } from '../../../src/domain/confirmation.ts';
import type { Person } from '../../../src/domain/deployment.ts';
import { ROLES, type Role } from '../../../src/domain/permissions.ts';
import { isRefusal } from '../../../src/domain/refusal.ts';
import { agreedTo } from '../../support/approvals/agreed-to.ts';
import { ApprovalLab } from '../../support/approvals/approval-lab.ts';
import { policyOf } from '../../support/approvals/cast.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

/**
 * May this person do this here now? Every role, by name and by a platform's group, times every action, environment and condition: what
 * happens when they try, with the real use cases on the real database.
 */
const ACTIONS = ['deploy', 'roll back to the last good', 'roll back further', 'break the glass', 'approve', 'reject', 'cancel'] as const;
type Action = (typeof ACTIONS)[number];
const ENVIRONMENTS = ['open', 'protected', 'protected, for owners'] as const;
type Environment = (typeof ENVIRONMENTS)[number];
const CONDITIONS = ['nothing stands in the way', 'locked by somebody else', 'frozen'] as const;
type Condition = (typeof CONDITIONS)[number];
const HOLDERS = [...ROLES, null] as const;

/** By hand. A policy of owners and admins; on call is whoever holds `incident`. */
const MAY: Readonly<Record<Action, readonly Role[]>> = {
  deploy: ['owner', 'admin', 'developer'],
  'roll back to the last good': ['owner', 'admin', 'developer', 'incident'],
  'roll back further': ['owner', 'admin', 'developer', 'incident'],
  'break the glass': ['incident'],
  approve: ['owner', 'admin'],
  reject: ['owner', 'admin'],
  cancel: ['owner', 'admin', 'developer', 'incident'],
};
const HIDDEN: Readonly<Record<Action, string>> = {
  deploy: 'unknown_app',
  'roll back to the last good': 'unknown_app',
  'roll back further': 'unknown_app',
  'break the glass': 'unknown_app',
  approve: 'unknown_request',
  reject: 'unknown_request',
  cancel: 'unknown_deployment',
};

function expected(action: Action, role: Role | null, environment: Environment, condition: Condition): string {
  const isDecision = action === 'approve' || action === 'reject';
  const isAsked = environment !== 'open';
  if (role === null) return HIDDEN[action];
  if (!MAY[action].includes(role)) return isDecision ? 'not_an_approver' : 'not_allowed';
  if (isDecision) return action === 'approve' ? 'approved' : 'rejected';
  if (environment === 'protected, for owners' && role !== 'owner' && role !== 'incident') return 'not_allowed';
  if (action === 'cancel') return 'cancelled';
  if (action === 'break the glass') return 'queued';
  // Only the way back to the last good release passes what is closed.
  if (action === 'deploy' || action === 'roll back further') {
    if (condition === 'locked by somebody else') return 'locked';
    if (condition === 'frozen') return 'frozen';
    return isAsked ? 'awaiting_approval' : 'queued';
  }
  const isOnCall = role === 'incident' && action === 'roll back to the last good';
  return isAsked && !isOnCall ? 'awaiting_approval' : 'queued';
}

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 10 });
});
afterAll(() => test.drop());

async function labOf(environment: Environment): Promise<ApprovalLab> {
  const policy = policyOf([{ count: 1, from: ['owner', 'admin'] }]);
  const changes = environment === 'open' ? { protected: false, approvals: null } : {};
  const deployers = environment === 'protected, for owners' ? { deployers: ['owner'] as const } : {};
  return ApprovalLab.open([test.database], { policy, environment: { ...changes, ...deployers } });
}

const ORIGIN = () => ({ platform: 'web', channel: 'ops', deliveryId: randomUUID() });

/** Nobody but the two who are there anyway, and Tess with one role at a time. */
async function tries(lab: ApprovalLab, action: Action, person: Person): Promise<string> {
  const target = { person, app: lab.app, environment: 'production', reason: 'because it is time', origin: ORIGIN() };
  const parts = lab.parts();
  const outcome = async (): Promise<unknown> => {
    switch (action) {
      case 'deploy':
        return requestDeployment(parts, { ...target, version: '2.0.0' });
      case 'roll back to the last good':
        return requestRollback(parts, { ...target, to: null });
      case 'roll back further':
        return requestRollback(parts, { ...target, to: '1.0.0' });
      case 'break the glass':
        return breakGlass(parts, { ...target, version: '2.0.0', proof: { by: 'code', code: '000007' } });
      case 'cancel':
        return cancelDeployment(parts, { person, target: { deployment: lab.asked.at(-1) ?? '' }, source: 'web:ops' });
      default: {
        const vote = { decision: action, reason: 'because', proof: null, source: 'web:ops' } as const;
        return decideApproval(parts, { person, request: lab.asked.at(-1) ?? '', ...vote });
      }
    }
  };
  const answer = await outcome();
  if (isRefusal(answer)) return answer.refused;
  if (isFactorRequest(answer)) return 'asks for a factor';
  if (typeof answer !== 'object' || answer === null) throw new Error('an answer says something');
  if ('outcome' in answer) return String(answer.outcome);
  if ('effect' in answer) return String(answer.effect);
  return (answer as { deployment: { state: string } }).deployment.state;
}

async function prepare(lab: ApprovalLab, action: Action, condition: Condition): Promise<void> {
  if (action.startsWith('roll back')) {
    for (const version of ['1.0.0', '1.1.0', '1.2.0']) await lab.ran(version);
    await agreedTo(test.url, lab.stack);
  }
  if (action === 'approve' || action === 'reject' || action === 'cancel') await lab.asks('olga', { version: '2.0.0' });
  const scope = { app: lab.app, environment: 'production' };
  const olga = { id: lab.idOf('olga'), name: 'olga' };
  if (condition === 'locked by somebody else') {
    await lab.stores.locks.take({ id: randomUUID(), scope, holder: olga, reason: null, since: lab.now, expiresAt: null });
  }
  if (condition === 'frozen') {
    const schedule = { kind: 'once', from: lab.now - 1, until: lab.now + 1000 } as const;
    lab.environment = { ...lab.environment, freezes: [{ schedule, reason: 'holidays' }] };
  }
}

const CASES = ENVIRONMENTS.flatMap((environment) =>
  ACTIONS.flatMap((action) => CONDITIONS.map((condition) => ({ environment, action, condition }))),
).filter(({ environment, action }) => environment !== 'open' || (action !== 'approve' && action !== 'reject'));

describe('may this person do this here now', () => {
  it.each(CASES)('$action, $environment, $condition', async ({ environment, action, condition }) => {
    const found: Record<string, string> = {};
    const wanted: Record<string, string> = {};
    const one = async (role: Role | null, how: 'by name' | 'by group'): Promise<void> => {
      const lab = await labOf(environment);
      await prepare(lab, action, condition);
      const tess: Person = { id: `tess-${lab.suffix}`, name: 'Tess', groups: how === 'by group' ? ['slack-group:S0TESS'] : [] };
      // With a Slack account, for whoever has none may be anybody.
      lab.people[tess.id] = { id: tess.id, name: 'Tess', identities: { slack: `T1/UTESS${lab.suffix}` } };
      if (role !== null) lab.roles[role].push(how === 'by name' ? tess.id : 'slack-group:S0TESS');
      await lab.giveFactor(tess.id);
      found[`${role} ${how}`] = await tries(lab, action, tess);
      wanted[`${role} ${how}`] = expected(action, role, environment, condition);
    };
    await Promise.all(HOLDERS.flatMap((role) => [one(role, 'by name'), one(role, 'by group')]));
    expect(found).toEqual(wanted);
  });
});
