import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../config/settings.ts';

/** Where the server of this installation answers: as it wrote it down when it started, or else as the settings say. */
export function serverAddress(settings: Settings): string {
  try {
    const { url } = JSON.parse(readFileSync(join(settings.dataFolder, 'server.json'), 'utf8'));
    return String(url);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    return settings.publicUrl ?? `http://${settings.host}:${settings.port}`;
  }
}
