import type { StackSpec } from './stack-spec.ts';

/** Do both run the same images, service by service, for every service that both have? Without one in common nothing was tried. */
export function isSameRelease(a: Trial, b: Trial): boolean {
  if (a.version !== b.version) return false;
  const common = Object.keys(a.spec.services).filter((name) => Object.hasOwn(b.spec.services, name));
  return common.length > 0 && common.every((name) => imageOf(a.spec, name) === imageOf(b.spec, name));
}

export type Trial = { readonly version: string; readonly spec: Pick<StackSpec, 'services'> };

function imageOf(spec: Trial['spec'], name: string): string | undefined {
  const service = spec.services[name];
  return service?.pinnedImage ?? service?.image;
}

type Ran = { readonly version: string };

/**
 * Would this version take the environment back to something older than what it runs? Numbered versions are compared by their
 * numbers; others by which of the two ran here first. A version that never ran here and has no number is taken for new.
 */
export function isOutdated(version: string, newestFirst: readonly Ran[]): boolean {
  const current = newestFirst[0]?.version;
  if (current === undefined || current === version) return false;
  const [wanted, running] = [numbersOf(version), numbersOf(current)];
  if (wanted !== null && running !== null) return isLower(wanted, running);
  const oldestFirst = newestFirst.map((revision) => revision.version).reverse();
  const first = oldestFirst.indexOf(version);
  return first !== -1 && first < oldestFirst.indexOf(current);
}

function isLower(a: readonly number[], b: readonly number[]): boolean {
  const index = a.findIndex((number, at) => number !== b[at]);
  return index !== -1 && (a[index] ?? 0) < (b[index] ?? 0);
}

/** `1.2.3` or `v1.2.3`; what has a suffix is ordered by people, not by rules. */
function numbersOf(version: string): readonly number[] | null {
  const match = /^v?(\d+)\.(\d+)\.(\d+)$/.exec(version);
  return match === null ? null : match.slice(1).map(Number);
}
