/**
 * Linux capabilities as the Docker CLI sends them (docker/cli, opts/capabilities.go): upper case, with `CAP_`, without
 * repetitions, sorted; `ALL` makes the others needless; what is both added and dropped is added.
 */
export function normaliseCapabilities(
  add: readonly string[],
  drop: readonly string[],
): { readonly capAdd: readonly string[]; readonly capDrop: readonly string[] } {
  const added = reduce(add);
  const dropped = reduce(drop).filter((capability) => !added.includes(capability));
  return { capAdd: added, capDrop: dropped };
}

function reduce(capabilities: readonly string[]): readonly string[] {
  const names = [...new Set(capabilities.map(normalise))].filter((name) => name !== '').sort();
  return names.includes('ALL') ? ['ALL'] : names;
}

function normalise(capability: string): string {
  const name = capability.trim().toUpperCase();
  return name === '' || name === 'ALL' || name.startsWith('CAP_') ? name : `CAP_${name}`;
}
