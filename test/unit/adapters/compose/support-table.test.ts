import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  CONFIG,
  DEPENDENCY,
  DEPLOY,
  FILE_REFERENCE,
  HEALTHCHECK,
  IPAM,
  IPAM_CONFIG,
  NETWORK,
  PORT,
  RESOURCES,
  SECRET,
  SERVICE,
  SERVICE_NETWORK,
  SERVICE_VOLUME,
  type Support,
  TOP_LEVEL,
  VOLUME,
  VOLUME_OPTIONS,
} from '../../../../adapters/compose/model/support.ts';

const schema: unknown = JSON.parse(
  readFileSync(new URL('../../../../adapters/compose/schemas/compose-spec.json', import.meta.url), 'utf8'),
);

/** Where in the schema the members of each mapping are listed. */
const TABLES: readonly (readonly [path: string, table: Support])[] = [
  ['properties', TOP_LEVEL],
  ['definitions.service.properties', SERVICE],
  ['definitions.deployment.properties', DEPLOY],
  ['definitions.deployment.properties.resources.properties.limits.properties', RESOURCES.limits],
  ['definitions.deployment.properties.resources.properties.reservations.properties', RESOURCES.reservations],
  ['definitions.healthcheck.properties', HEALTHCHECK],
  ['definitions.network.properties', NETWORK],
  ['definitions.network.properties.ipam.properties', IPAM],
  ['definitions.network.properties.ipam.properties.config.items.properties', IPAM_CONFIG],
  ['definitions.volume.properties', VOLUME],
  ['definitions.secret.properties', SECRET],
  ['definitions.config.properties', CONFIG],
  ['definitions.service_config_or_secret.items.oneOf.1.properties', FILE_REFERENCE],
  ['definitions.service.properties.ports.items.oneOf.2.properties', PORT],
  ['definitions.service.properties.volumes.items.oneOf.1.properties', SERVICE_VOLUME],
  ['definitions.service.properties.volumes.items.oneOf.1.properties.bind.properties', VOLUME_OPTIONS.bind],
  ['definitions.service.properties.volumes.items.oneOf.1.properties.volume.properties', VOLUME_OPTIONS.volume],
  ['definitions.service.properties.volumes.items.oneOf.1.properties.tmpfs.properties', VOLUME_OPTIONS.tmpfs],
  ['definitions.service.properties.networks.oneOf.1.patternProperties.^names$.oneOf.0.properties', SERVICE_NETWORK],
  ['definitions.service.properties.depends_on.oneOf.1.patternProperties.^names$.properties', DEPENDENCY],
];

function keysAt(path: string): readonly string[] {
  let value: unknown = schema;
  for (const step of path.split('.')) {
    // The only member of a `patternProperties` beside `^x-` is the pattern of names.
    const name = step === '^names$' && isRecord(value) ? Object.keys(value).find((key) => key !== '^x-') : step;
    value = Array.isArray(value) ? value[Number(name)] : isRecord(value) && name !== undefined ? value[name] : undefined;
  }
  if (!isRecord(value)) throw new Error(`the schema has nothing at ${path}`);
  return Object.keys(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

describe('the table of what becomes of each key', () => {
  it.each(TABLES)('covers every key of %s exactly once', (path, table) => {
    const covered = [...table.read, ...Object.keys(table.refused), ...Object.keys(table.harmless)];
    expect(covered.toSorted()).toEqual(keysAt(path).toSorted());
  });

  it('says of every key that is not read why, and what to do instead', () => {
    const reasons = TABLES.flatMap(([, table]) => [...Object.values(table.refused), ...Object.values(table.harmless)]);
    for (const [reason, remedy] of reasons) {
      expect(reason).toMatch(/\.$/);
      expect(remedy).toMatch(/[.:`]/);
    }
  });
});
