import type { Person } from '../domain/deployment.ts';
import { isVersion, stackName } from '../domain/names.ts';
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

/** Whoever types does not wait longer for an engine or a registry. */
const TAGS_WITHIN_MS = 1_000;
const MOST_VERSIONS = 50;
/** Stands where the definition says `${VERSION}`, so that the images which follow it show. */
const ANY_VERSION = '0.0.0-any';

/** Versions that this app has run, then the tags which its registry and its engine have of every image that it names with `${VERSION}`. */
export async function suggestVersions(parts: Parts, person: Person, app: string, environment: string): Promise<readonly string[]> {
  if (!isVisible(parts, person, app)) return [];
  const [known, tags] = await Promise.all([parts.database.stores.releases.versions(app, 20), tagsInTime(parts, app, environment)]);
  return [...new Set([...known, ...tags])].slice(0, MOST_VERSIONS);
}

async function tagsInTime(parts: Parts, app: string, environment: string): Promise<readonly string[]> {
  const timer = new AbortController();
  const late = parts.clock.sleep(TAGS_WITHIN_MS, timer.signal).then((): readonly string[] => []);
  try {
    return await Promise.race([tagsOf(parts, app, environment), late]);
  } catch (error) {
    parts.logger.debug({ app, environment, error }, 'no tags to suggest; history knows some versions');
    return [];
  } finally {
    timer.abort();
  }
}

/** A version is one that every such image has, as far as their tags can be listed. */
async function tagsOf(parts: Parts, app: string, environment: string): Promise<readonly string[]> {
  if (memberOf(memberOf(parts.workspace().apps, app)?.environments ?? {}, environment) === undefined) return [];
  const read = await parts.source.read({ app, environment, version: ANY_VERSION });
  if (!read.ok) return [];
  const images = Object.values(read.spec.services).flatMap(({ image }) => (image.endsWith(`:${ANY_VERSION}`) ? [image] : []));
  const lists = await Promise.all([...new Set(images)].map((image) => parts.images.tags(image)));
  const [first = [], ...others] = lists.filter((tags) => tags.length > 0);
  return first.filter((tag) => isVersion(tag) && others.every((tags) => tags.includes(tag)));
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
