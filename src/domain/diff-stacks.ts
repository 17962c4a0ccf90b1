import type { FieldChange } from './plan.ts';
import { diffService } from './service-diff.ts';
import type { ServiceSpec } from './service-spec.ts';
import type { StackSpec } from './stack-spec.ts';

/** One service in two releases. `before` and `after` are where it is missing in the other one. */
export type ServiceDifference = {
  readonly service: string;
  readonly in: 'both' | 'before' | 'after';
  /** Empty when both have the same. */
  readonly changes: readonly FieldChange[];
};

/** Service by service, field by field, as a plan says it. What differs only because the stacks have different names does not count. */
export function diffStacks(before: StackSpec, after: StackSpec): readonly ServiceDifference[] {
  const names = [...new Set([...Object.keys(before.services), ...Object.keys(after.services)])].sort();
  return names.map((service) => {
    const was = before.services[service];
    const becomes = after.services[service];
    if (was === undefined) return { service, in: 'after', changes: [] };
    if (becomes === undefined) return { service, in: 'before', changes: [] };
    return { service, in: 'both', changes: diffService(withoutStackName(was, before.stack), withoutStackName(becomes, after.stack)) };
  });
}

/** Names of networks, volumes, secrets and configs on the engine begin with the stack's: `shop-staging_default`. */
function withoutStackName(service: ServiceSpec, stack: string): ServiceSpec {
  const { networks, mounts, secrets, configs } = service;
  return { ...service, ...renamed({ networks, mounts, secrets, configs }, stack) };
}

function renamed<T>(value: T, stack: string): T {
  return JSON.parse(JSON.stringify(value), (_key, member: unknown) => {
    if (typeof member !== 'string') return member;
    return member === stack || member.startsWith(`${stack}_`) ? member.slice(stack.length) : member;
  });
}
