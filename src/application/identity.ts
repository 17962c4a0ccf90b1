import { createHash, randomBytes } from 'node:crypto';
import type { DeploymentKind } from '../domain/deployment.ts';
import { canonicalJson } from '../domain/json.ts';
import { planIdentity } from '../domain/make-plan.ts';
import type { Plan } from '../domain/plan.ts';
import type { StackSpec } from '../domain/stack-spec.ts';

/** Ids people can read out and type: 13 characters of Crockford's base 32. Chance comes first, so that a short form tells ids apart; then the time. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

export function newId(now: number): string {
  let time = '';
  for (let rest = Math.floor(now / 1000), i = 0; i < 7; i++, rest = Math.floor(rest / 32)) time = `${ALPHABET[rest % 32] ?? '0'}${time}`;
  let random = '';
  for (const byte of randomBytes(7)) random += ALPHABET[byte % 32] ?? '0';
  return `${random}${time.slice(1)}`;
}

export function hashSpec(spec: StackSpec): string {
  return sha256(canonicalJson(spec));
}

export function hashPlan(plan: Plan, kind: DeploymentKind, policyVersion: string): string {
  return sha256(planIdentity(plan, kind, policyVersion));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
