import type { Person } from '../domain/deployment.ts';
import { stackName } from '../domain/names.ts';
import { memberOf, rolesOf, visibleApps } from './authorize.ts';
import type { Parts } from './parts.ts';

/** Values for completion. What a person may not see is not suggested; whatever cannot be asked in time is left out. */
export function suggestApps(parts: Parts, person: Person): Promise<readonly string[]> {
  return Promise.resolve(visibleApps(parts.workspace(), person));
}

export function suggestEnvironments(parts: Parts, person: Person, app: string): Promise<readonly string[]> {
  const config = memberOf(parts.workspace().apps, app);
  return Promise.resolve(config === undefined || !isVisible(parts, person, app) ? [] : Object.keys(config.environments));
}

/** Versions that this app has run, then tags of its images. */
export async function suggestVersions(parts: Parts, person: Person, app: string, environment: string): Promise<readonly string[]> {
  if (!isVisible(parts, person, app)) return [];
  const { releases } = parts.database.stores;
  const [known, current] = await Promise.all([releases.versions(app, 20), releases.currentRevision(stackName(app, environment))]);
  const release = current === null ? null : await releases.find(current.releaseId);
  const versioned = Object.values(release?.spec.services ?? {}).find((service) => service.image.endsWith(`:${release?.version ?? ''}`));
  const tags = versioned === undefined ? [] : await parts.images.tags(versioned.image).catch(() => []);
  return [...new Set([...known, ...tags])].slice(0, 50);
}

export async function suggestServices(parts: Parts, person: Person, app: string, environment: string): Promise<readonly string[]> {
  if (!isVisible(parts, person, app)) return [];
  const current = await parts.database.stores.releases.currentRevision(stackName(app, environment));
  const release = current === null ? null : await parts.database.stores.releases.find(current.releaseId);
  return Object.keys(release?.spec.services ?? {}).sort();
}

function isVisible(parts: Parts, person: Person, app: string): boolean {
  const config = memberOf(parts.workspace().apps, app);
  return config !== undefined && rolesOf(config, person).length > 0;
}
