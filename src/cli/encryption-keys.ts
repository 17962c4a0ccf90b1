import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKey, parseKeys, type SealingKey } from '../../adapters/crypto/keys.ts';
import type { Settings } from '../config/settings.ts';

/** The keys of SHIPMATE_KEYS, or else one that is made once and kept in the data folder, readable by its owner only. */
export function encryptionKeys(settings: Settings): readonly [SealingKey, ...SealingKey[]] {
  if (settings.keys.length > 0) return parseKeys(settings.keys.map(({ id, key }) => `${id}:${key.reveal()}`).join(','));
  const file = join(settings.dataFolder, 'keys');
  if (!existsSync(file)) {
    mkdirSync(settings.dataFolder, { recursive: true });
    writeFileSync(file, `${generateKey()}\n`, { mode: 0o600, flag: 'wx' });
  }
  return parseKeys(readFileSync(file, 'utf8'));
}
