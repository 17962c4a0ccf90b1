import { parseAction } from '../src/chat/action-id.ts';
import { NAME_PATTERN } from '../src/domain/names.ts';
import { ROLES, type Role } from '../src/domain/permissions.ts';

/** Verb of the form that takes the code; short, for the longest names leave little. */
export const ACCESS_FORM = 'access-do';

/** What `/access` is asked to confirm. It travels in the ids of forms, never with a code. */
export type AccessStep =
  | {
      readonly what: 'change';
      readonly app: string;
      readonly target: string;
      readonly role: Role;
      readonly change: 'grant' | 'revoke';
      readonly forMs: number | null;
    }
  | { readonly what: 'agree'; readonly request: string };

/** `shop.grant.developer.m80.dana` with the seconds to base 36 (0 for ever), or the id of what was asked for; null for what names cannot be. */
export function formatAccessStep(step: AccessStep): string | null {
  if (step.what === 'agree') return step.request;
  const { app, change, role, forMs, target } = step;
  const id = [app, change, role, forMs === null ? '0' : Math.round(forMs / 1000).toString(36), target].join('.');
  return parseAccessStep(id) === null || parseAction(`${ACCESS_FORM}:${id}`) === null ? null : id;
}

export function parseAccessStep(id: string): AccessStep | null {
  const [app = '', change, role, seconds = '', target = '', ...more] = id.split('.');
  if (change === undefined) return { what: 'agree', request: id };
  const known = ROLES.find((one) => one === role);
  const isLength = seconds === '0' || /^[1-9a-z][0-9a-z]{0,6}$/.test(seconds);
  if (known === undefined || !isLength || more.length > 0) return null;
  if ((change !== 'grant' && change !== 'revoke') || !NAME_PATTERN.test(app) || !NAME_PATTERN.test(target)) return null;
  return { what: 'change', app, target, role: known, change, forMs: seconds === '0' ? null : Number.parseInt(seconds, 36) * 1000 };
}
