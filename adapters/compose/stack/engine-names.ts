import type { StackSpec } from '../../../src/domain/stack-spec.ts';
import type { FindingLog } from '../finding-log.ts';
import type { Cursor } from '../yaml/tree.ts';

/** swarmkit, manager/controlapi: services at most 63 characters without dots, secrets and configs 64. Networks and volumes as the daemon takes them. */
const SERVICE_NAME = /^[a-zA-Z0-9]+(?:[a-zA-Z0-9-_]*[a-zA-Z0-9])?$/;
const OBJECT_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;
const FILE_OBJECT_NAME = /^[a-zA-Z0-9]+(?:[a-zA-Z0-9-_.]*[a-zA-Z0-9])?$/;
const LONGEST_SERVICE_NAME = 63;

type Places = Readonly<Record<'services' | 'networks' | 'volumes' | 'secrets' | 'configs', ReadonlyMap<string, Cursor>>>;

/** Refuses names that the engine would refuse in the middle of a deployment. */
export function checkEngineNames(spec: StackSpec, places: Places, root: Cursor, log: FindingLog): void {
  for (const key of Object.keys(spec.services)) {
    const name = `${spec.stack}_${key}`;
    const at = places.services.get(key) ?? root;
    if (name.length > LONGEST_SERVICE_NAME) {
      log.refuse(at, `Its name on the engine, ${name}, is longer than ${LONGEST_SERVICE_NAME} characters.`, 'Use a shorter name.');
    } else if (!SERVICE_NAME.test(name))
      log.refuse(
        at,
        'A Swarm service has letters, digits, dashes and underscores in its name, no dots, and ends with a letter or digit.',
        'Rename it.',
      );
  }
  for (const kind of ['networks', 'volumes', 'secrets', 'configs'] as const) {
    const pattern = kind === 'networks' || kind === 'volumes' ? OBJECT_NAME : FILE_OBJECT_NAME;
    for (const [key, { engineName, ...object }] of Object.entries(spec[kind])) {
      // A secret or config whose content could not be read was refused for that, and has no whole name.
      if ('fingerprint' in object && object.fingerprint === '' && !object.external) continue;
      if (engineName.length <= 255 && pattern.test(engineName)) continue;
      log.refuse(
        places[kind].get(key) ?? root,
        'The engine does not take this name.',
        'Use letters, digits, dashes, dots and underscores, and begin with a letter or digit.',
      );
    }
  }
}
