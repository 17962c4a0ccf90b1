import type { ServiceSpec } from '../../src/domain/service-spec.ts';
import type { StackSpec } from '../../src/domain/stack-spec.ts';

/**
 * Compose keys and engine names. Specifications refer to objects by key, the engine by name. `docker stack deploy` names
 * an object `<stack>_<key>`, and Shipmate adds a fingerprint to secrets and configs, so most keys can be read off the name;
 * those that can not (custom `name:`, external objects) are kept in a service label.
 */
export type ObjectKind = 'network' | 'volume' | 'secret' | 'config';
export type ObjectKeys = Readonly<Record<string, string>>;

const FINGERPRINT = /_[0-9a-f]{16}$/;

export function keyFromName(stack: string, kind: ObjectKind, engineName: string): string {
  const prefix = `${stack}_`;
  if (!engineName.startsWith(prefix)) return engineName;
  const key = engineName.slice(prefix.length);
  const bare = kind === 'secret' || kind === 'config' ? key.replace(FINGERPRINT, '') : key;
  return bare === '' ? engineName : bare;
}

/** The name an object of this key has when nothing says otherwise. */
export function nameFromKey(stack: string, key: string): string {
  return `${stack}_${key}`;
}

/** The keys of a service that {@link keyFromName} would get wrong, as `kind:engineName` → key. */
export function irregularKeys(stack: StackSpec, service: ServiceSpec): ObjectKeys {
  const references = objectReferences(stack, service);
  return Object.fromEntries(
    references
      .filter(({ kind, key, engineName }) => keyFromName(stack.stack, kind, engineName) !== key)
      .map(({ kind, key, engineName }) => [`${kind}:${engineName}`, key] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

export function parseKeys(label: string | undefined): ObjectKeys {
  if (label === undefined) return {};
  try {
    const parsed: unknown = JSON.parse(label);
    if (typeof parsed !== 'object' || parsed === null) return {};
    return Object.fromEntries(Object.entries(parsed).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch {
    // Somebody else wrote the label: the names' own keys are the best that is left.
    return {};
  }
}

function objectReferences(stack: StackSpec, service: ServiceSpec): readonly { kind: ObjectKind; key: string; engineName: string }[] {
  return [
    ...service.networks.map((use) => ({ kind: 'network' as const, key: use.network, engineName: networkName(stack, use) })),
    ...service.secrets.map((use) => ({ kind: 'secret' as const, key: use.source, engineName: fileName(stack, 'secret', use) })),
    ...service.configs.map((use) => ({ kind: 'config' as const, key: use.source, engineName: fileName(stack, 'config', use) })),
    ...service.mounts.flatMap((mount) =>
      mount.type === 'volume' && mount.source !== undefined
        ? [{ kind: 'volume' as const, key: mount.source, engineName: volumeName(stack, { ...mount, source: mount.source }) }]
        : [],
    ),
  ];
}

export function networkName(stack: StackSpec, use: { readonly network: string; readonly engineName?: string }): string {
  return stack.networks[use.network]?.engineName ?? use.engineName ?? nameFromKey(stack.stack, use.network);
}

export function fileName(
  stack: StackSpec,
  kind: 'secret' | 'config',
  use: { readonly source: string; readonly engineName?: string },
): string {
  const objects = kind === 'secret' ? stack.secrets : stack.configs;
  return objects[use.source]?.engineName ?? use.engineName ?? nameFromKey(stack.stack, use.source);
}

export function volumeName(stack: StackSpec, use: { readonly source: string; readonly engineName?: string }): string {
  return stack.volumes[use.source]?.engineName ?? use.engineName ?? nameFromKey(stack.stack, use.source);
}
