import { readTexts } from '../values/read.ts';
import { type Cursor, member } from '../yaml/tree.ts';

/** Services without profiles always run; the others when one of their profiles is active (`*` activates all). */
export function splitByProfile(
  services: readonly (readonly [string, Cursor])[],
  profiles: readonly string[],
): { active: Map<string, Cursor>; inactive: ReadonlySet<string> } {
  const isActive = (service: Cursor) => {
    const own = readTexts(member(service, 'profiles'));
    return own.length === 0 || profiles.includes('*') || own.some((profile) => profiles.includes(profile));
  };
  return {
    active: new Map(services.filter(([, service]) => isActive(service))),
    inactive: new Set(services.flatMap(([name, service]) => (isActive(service) ? [] : [name]))),
  };
}
