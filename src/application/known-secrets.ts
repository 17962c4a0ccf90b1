import type { Release } from '../domain/release.ts';
import { scrub } from '../domain/scrub.ts';
import { isSecretKey } from '../domain/service-diff.ts';
import type { DeploymentStore, ReleaseStore } from '../ports/database.ts';
import type { Sealer } from '../ports/sealer.ts';

/** What of Parts is needed to know secrets. */
export type SecretParts = {
  readonly database: {
    readonly stores: {
      readonly releases: Pick<ReleaseStore, 'contents' | 'currentRevision' | 'find'>;
      readonly deployments: Pick<DeploymentStore, 'list' | 'queueOf'>;
    };
  };
  readonly sealer: Pick<Sealer, 'open'>;
};

/** Values of switches under secret-looking keys (`AUTH_ENABLED=true`): nobody's secret, and part of any log. */
const SWITCHES: readonly string[] = ['true', 'false', 'none', 'null', 'auto', 'basic', 'enabled', 'disabled', 'required', 'optional'];
/** Log lines may come from tasks of a release before the current one, or of one that failed and was left in place. */
const RECENT = 5;
/** `NAME=value` and `"name": "value"` inside a secret's file. */
const ASSIGNMENT = /^\s*(?:export\s+)?["']?([\w.-]+)["']?\s*[:=]\s*(.+?),?\s*$/;

/** Texts that must not be said about a release: variables under secret-looking keys, the contents of its secrets and their lines. */
export async function secretsOf(parts: SecretParts, release: Release): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const service of Object.values(release.spec.services)) {
    for (const [key, value] of Object.entries(service.environment)) if (value !== null && isSecretKey(key)) found.add(value);
  }
  for (const { external, fingerprint } of Object.values(release.spec.secrets)) {
    if (external) continue;
    const sealed = await parts.database.stores.releases.contents(fingerprint);
    if (sealed === null) continue;
    const content = new TextDecoder().decode(parts.sealer.open(sealed, fingerprint));
    found.add(content.trim());
    for (const line of content.split(/\r?\n/)) for (const text of textsOf(line)) found.add(text);
  }
  return [...found].filter((text) => text !== '' && !SWITCHES.includes(text.toLowerCase()));
}

/** Of everything that can be running in the stack now. */
export async function secretsOfStack(parts: SecretParts, stack: string): Promise<readonly string[]> {
  const { deployments, releases } = parts.database.stores;
  const current = await releases.currentRevision(stack);
  const [running] = await deployments.queueOf(stack);
  const recent = await deployments.list({ stack, limit: RECENT });
  const ids = new Set([current?.releaseId, running?.releaseId, ...recent.map((deployment) => deployment.releaseId)]);
  const found = new Set<string>();
  for (const id of ids) {
    const release = id === undefined ? null : await releases.find(id);
    if (release !== null) for (const secret of await secretsOf(parts, release)) found.add(secret);
  }
  return [...found];
}

/** A failure's message as people may read it. */
export async function scrubbedFor(parts: SecretParts, release: Release, message: string): Promise<string> {
  return scrub(message, await secretsOf(parts, release));
}

/** A line, and what it assigns to a secret-looking key. */
function textsOf(line: string): readonly string[] {
  const [, key = '', value = ''] = ASSIGNMENT.exec(line) ?? [];
  return isSecretKey(key) ? [line.trim(), value.replace(/^(["'])(.*)\1$/, '$2')] : [line.trim()];
}
