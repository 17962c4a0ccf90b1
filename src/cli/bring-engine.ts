import { ensureLocalEngine, type LocalEngine } from '../../adapters/local-engine/ensure-local-engine.ts';
import type { Settings } from '../config/settings.ts';

/** The engine of DOCKER_HOST, the machine's, or one of our own; says before it installs or changes anything. */
export function bringEngine(settings: Settings, announce: (text: string) => void): Promise<LocalEngine> {
  const { host } = settings.docker;
  return ensureLocalEngine({ dataDir: settings.dataFolder, announce, consent: true, ...(host === null ? {} : { dockerHost: host }) });
}
