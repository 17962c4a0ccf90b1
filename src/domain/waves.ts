import type { Dependency } from './stack-spec.ts';

/**
 * The order in which services may start: every service is in the first wave after all that it depends on.
 * Optional dependencies that are absent do not count. The reader has refused cycles and missing parts; should one
 * come through all the same, this throws rather than deploying in a wrong order.
 */
export function dependencyWaves(
  services: readonly string[],
  dependencies: Readonly<Record<string, readonly Dependency[]>>,
): readonly (readonly string[])[] {
  const known = new Set(services);
  const waveOf = new Map<string, number>();

  const visit = (service: string, path: readonly string[]): number => {
    const done = waveOf.get(service);
    if (done !== undefined) return done;
    if (path.includes(service)) throw new Error(`dependency cycle: ${[...path, service].join(' → ')}`);
    let wave = 0;
    // Names are people's: one may be called like a member of every object.
    for (const dependency of Object.hasOwn(dependencies, service) ? (dependencies[service] ?? []) : []) {
      if (!known.has(dependency.service)) {
        if (!dependency.required) continue;
        throw new Error(`${service} depends on ${dependency.service}, which is not part of the stack`);
      }
      wave = Math.max(wave, visit(dependency.service, [...path, service]) + 1);
    }
    waveOf.set(service, wave);
    return wave;
  };

  for (const service of services) visit(service, []);
  const waves: string[][] = [];
  for (const [service, wave] of waveOf) {
    while (waves.length <= wave) waves.push([]);
    waves[wave]?.push(service);
  }
  return waves.map((wave) => wave.sort());
}
