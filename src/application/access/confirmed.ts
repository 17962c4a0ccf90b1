import { type Confirmation, isFactorRequest } from '../../domain/confirmation.ts';
import type { Person } from '../../domain/deployment.ts';
import { ROLES } from '../../domain/permissions.ts';
import { isRefusal, refusal } from '../../domain/refusal.ts';
import type { ConfirmedAct, ConfirmedHandler } from '../confirmed-act.ts';
import type { Parts } from '../parts.ts';
import { changeAccess } from './change-access.ts';
import { decideAccessChange } from './decide-change.ts';

/** A change of roles, or the agreement to one, that its person confirmed with a passkey: the same again, now with its proof. */
export const confirmRoleChange: ConfirmedHandler = async (parts, act) => {
  const done = await again(parts, act);
  if (isRefusal(done) || isFactorRequest(done)) return done;
  const { wanted, name, outcome } = done;
  if (outcome === 'asked') return { title: 'Asked', detail: 'Another owner has to agree; they were told.' };
  const is = wanted.change === 'grant' ? `is ${wanted.role} of ${wanted.app} now` : `is not ${wanted.role} of ${wanted.app} any more`;
  return { title: 'Done', detail: `${name} ${is}.` };
};

function again(parts: Parts, { confirmation, person: speaker, proof, source }: ConfirmedAct) {
  const person: Person = { ...speaker, groups: groupsOf(confirmation) };
  const [request, app, target] = (['request', 'app', 'target'] as const).map((name) => textOf(confirmation, name));
  if (request) return decideAccessChange(parts, { person, change: request, decision: 'agree', proof, source });
  const role = ROLES.find((one) => one === confirmation.values['role']);
  const change = (['grant', 'revoke'] as const).find((one) => one === confirmation.values['change']);
  const { forMs = null } = confirmation.values;
  if (!app || !target || role === undefined || change === undefined || (forMs !== null && typeof forMs !== 'number')) {
    return refusal('unknown_request', 'This cannot be confirmed any more.', 'Ask for it again in the chat.');
  }
  return changeAccess(parts, { person, app, target, role, change, forMs, proof, source });
}

function groupsOf({ values }: Confirmation): readonly string[] {
  const { groups } = values;
  return Array.isArray(groups) ? groups.filter((group) => typeof group === 'string') : [];
}

function textOf({ values }: Confirmation, name: string): string | null {
  const value = values[name];
  return typeof value === 'string' ? value : null;
}
