import type { NewAuditRecord } from '../domain/audit.ts';
import { canonicalJson, isSameJson } from '../domain/json.ts';
import type { ConfigurationFile, ConfigurationSource, ConfigurationVersion, SealedConfiguration } from '../ports/configuration-history.ts';
import type { Stores } from '../ports/database.ts';
import { configurationBinding } from '../ports/sealed-bindings.ts';
import type { Parts } from './parts.ts';

export type ConfigurationParts = Pick<Parts, 'database' | 'sealer' | 'clock' | 'logger'>;

/** `note` goes into the audit record: which version was restored, by whose account. */
export type KeptContent = {
  readonly files: readonly ConfigurationFile[];
  readonly source: ConfigurationSource;
  readonly note?: Readonly<Record<string, string | number>>;
};

/**
 * Makes each content the next numbered version, in this order, unless the newest has the same files; with its audit record, all
 * in one transaction. Returns the version that each content has. Several processes that see the same change make one version.
 */
export function keepConfiguration(parts: ConfigurationParts, contents: readonly KeptContent[]): Promise<readonly ConfigurationVersion[]> {
  return parts.database.transact(async (stores) => {
    const versions: ConfigurationVersion[] = [];
    for (const content of contents) versions.push(await keepOne(parts, stores, content));
    return versions;
  });
}

async function keepOne(parts: ConfigurationParts, stores: Stores, { files, source, note }: KeptContent): Promise<ConfigurationVersion> {
  const newest = await stores.configuration.lockNewest();
  const at = parts.clock.now();
  if (newest !== null && isSameJson(openOrNull(parts, newest), files)) {
    // Files that were damaged meanwhile are put back without a new version; that it was done is on record all the same.
    if (source === 'restore') await stores.audit.append(recordOf({ ...newest, source, at }, files, note ?? {}));
    return newest;
  }
  const plain = new TextEncoder().encode(canonicalJson(files));
  const sha = parts.sealer.fingerprint(plain);
  const version = await stores.configuration.append({ at, source, sha, sealed: parts.sealer.seal(plain, configurationBinding(sha)) });
  await stores.audit.append(recordOf(version, files, note ?? {}));
  return version;
}

/** Names of files and the fingerprint, never what stands in them. */
function recordOf(
  version: ConfigurationVersion,
  files: readonly ConfigurationFile[],
  note: Readonly<Record<string, string | number>>,
): NewAuditRecord {
  return {
    at: version.at,
    actor: 'system',
    action: `configuration.${version.source}`,
    subject: 'configuration',
    source: 'shipmate.yml',
    result: 'done',
    details: { version: version.number, sha: version.sha, files: files.map(({ path }) => path), ...note },
  };
}

/** The files of a version. Throws when none of our keys opens it. */
export function openConfiguration(parts: Pick<Parts, 'sealer'>, version: SealedConfiguration): readonly ConfigurationFile[] {
  const files: unknown = JSON.parse(new TextDecoder().decode(parts.sealer.open(version.sealed, configurationBinding(version.sha))));
  if (!Array.isArray(files) || !files.every(isFile)) throw new Error(`version ${version.number} does not hold a configuration`);
  return files;
}

/** One whose key is gone is like no other: the present content becomes a version that can be read. */
function openOrNull(parts: ConfigurationParts, version: SealedConfiguration): readonly ConfigurationFile[] | null {
  try {
    return openConfiguration(parts, version);
  } catch (error) {
    parts.logger.warn({ version: version.number, error }, 'a version of the configuration cannot be opened with the keys at hand');
    return null;
  }
}

function isFile(value: unknown): value is ConfigurationFile {
  return (
    typeof value === 'object' &&
    value !== null &&
    'path' in value &&
    'text' in value &&
    typeof value.path === 'string' &&
    typeof value.text === 'string'
  );
}
