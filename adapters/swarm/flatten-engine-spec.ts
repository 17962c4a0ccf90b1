import { canonicalJson } from '../../src/domain/json.ts';
import type { EngineSpec } from './engine-types.ts';
import { APP_LABEL, DEPLOYMENT_LABEL, ENVIRONMENT_LABEL, FENCE_LABEL, KEYS_LABEL } from './labels.ts';

/**
 * What the engine keeps and what it was sent differ in form: zero values appear or vanish, defaults with a name are
 * written out. Both sides are brought to one form before they are compared.
 */
export function compact(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((item) => compact(item) ?? item);
  if (value !== null && typeof value === 'object') {
    const members = Object.entries(value)
      .map(([key, member]) => [key, compact(member)] as const)
      .filter(([, member]) => member !== undefined);
    return members.length === 0 ? undefined : Object.fromEntries(members);
  }
  return value === null || value === false || value === 0 || value === '' ? undefined : value;
}

/** Equal as far as the engine is concerned. */
export function isSameOnEngine(a: unknown, b: unknown): boolean {
  return canonicalJson(compact(a) ?? null) === canonicalJson(compact(b) ?? null);
}

/** Lists whose order means nothing to the engine. */
const UNORDERED = new Set(['Env', 'Networks', 'Ports', 'Secrets', 'Configs', 'Ulimits', 'CapabilityAdd', 'CapabilityDrop']);

/** Left out: the engine's or Shipmate's own bookkeeping, not settings of the service. */
const BOOKKEEPING = new Set([
  // Counts forced restarts and, for jobs, executions.
  'TaskTemplate.ForceUpdate',
  // Which platforms the image was built for, looked up by clients that pin images themselves.
  'TaskTemplate.Placement.Platforms',
  ...[APP_LABEL, ENVIRONMENT_LABEL, DEPLOYMENT_LABEL, FENCE_LABEL, KEYS_LABEL].map((label) => `Labels[${label}]`),
]);

/** Names of defaults that the engine writes out. */
const WRITTEN_DEFAULTS = new Map([
  ['TaskTemplate.Runtime', 'container'],
  ['TaskTemplate.ContainerSpec.Isolation', 'default'],
]);

/** Every setting of a specification by its path: `TaskTemplate.ContainerSpec.Env[0]` → its value as text. */
export function flattenEngineSpec(spec: EngineSpec): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  const visit = (path: string, key: string, value: unknown): void => {
    if (BOOKKEEPING.has(path)) return;
    if (Array.isArray(value)) {
      const items: readonly unknown[] = UNORDERED.has(key)
        ? [...value].sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1))
        : value;
      items.forEach((item, index) => {
        visit(`${path}[${index}]`, '', item);
      });
      return;
    }
    if (value !== null && typeof value === 'object') {
      for (const [member, inner] of Object.entries(value)) visit(memberPath(path, member), member, inner);
      return;
    }
    const text = String(value);
    if (WRITTEN_DEFAULTS.get(path) !== text) paths.set(path, text);
  };
  visit('', '', compact(spec) ?? {});
  return paths;
}

/** Labels and options have dots in their names, so they stand in brackets. */
function memberPath(path: string, member: string): string {
  if (path === '') return member;
  return /^[A-Za-z0-9]+$/.test(member) && !path.endsWith('Labels') ? `${path}.${member}` : `${path}[${member}]`;
}
