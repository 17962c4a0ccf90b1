import { resolve } from 'node:path';
import type { VolumeSpec } from '../../../src/domain/stack-spec.ts';
import { isInside } from '../disk-files.ts';
import { checkSupport } from '../model/check-support.ts';
import { VOLUME } from '../model/support.ts';
import type { ServiceContext } from '../service/context.ts';
import { present, readText, readTextMap } from '../values/read.ts';
import { type Cursor, member } from '../yaml/tree.ts';
import { readExternalName } from './external.ts';

export function readVolume(key: string, definition: Cursor, stack: string, context: Pick<ServiceContext, 'log' | 'policy'>): VolumeSpec {
  const { log } = context;
  checkSupport(definition, VOLUME, log);
  const externalName = readExternalName(definition, key, log);
  if (externalName !== null) return { engineName: externalName, external: true, driverOptions: {}, labels: {} };
  refuseDisguisedBind(definition, context);
  const driver = readText(member(definition, 'driver'));
  return {
    engineName: readText(member(definition, 'name')) ?? `${stack}_${key}`,
    external: false,
    driverOptions: readTextMap(member(definition, 'driver_opts')),
    labels: readTextMap(member(definition, 'labels')),
    ...present({ driver: driver === '' || driver === 'default' ? undefined : driver }),
  };
}

/** The local driver mounts any folder or disk of the node when its options say so: the same as a bind mount, so the same rule. */
function refuseDisguisedBind(definition: Cursor, { log, policy }: Pick<ServiceContext, 'log' | 'policy'>): void {
  const driver = readText(member(definition, 'driver')) ?? 'local';
  const device = member(member(definition, 'driver_opts'), 'device');
  const path = readText(device);
  if (driver !== 'local' || device === null || path === undefined || !path.startsWith('/')) return;
  if (policy.allowBindMounts.some((allowed) => isInside(resolve(allowed), resolve(path)))) return;
  log.refuse(
    device,
    'This volume is a folder or disk of the node, which the operator does not allow.',
    'Remove `driver_opts`, or ask for `engine.allow_bind_mounts` in shipmate.yml.',
  );
}
