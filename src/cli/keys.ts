import { userInfo } from 'node:os';
import { AesSealer } from '../../adapters/crypto/aes-sealer.ts';
import { generateKey } from '../../adapters/crypto/keys.ts';
import { PostgresDatabase } from '../../adapters/postgres/postgres-database.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { countByKey, type RotationParts, rotateKeys } from '../application/rotate-keys.ts';
import { databaseUrls } from './database-urls.ts';
import { encryptionKeys } from './encryption-keys.ts';
import { start } from './start.ts';

/** `shipmate keys`: how many values each key sealed. Says no key. */
export async function listKeys(): Promise<void> {
  await withSealed(async (parts) => {
    for (const [id, count] of await countByKey(parts)) say(lineOf(id, count, [...parts.sealer.beginnings.keys()][0] === id));
  });
}

/** `shipmate keys new`: an entry for the front of SHIPMATE_KEYS. */
export function newKey(): void {
  say(generateKey());
  process.stderr.write(
    'Put it behind the others in SHIPMATE_KEYS, in every process, and restart; then in front, and restart; then run `shipmate keys rotate`.\n',
  );
}

/** `shipmate keys rotate`: everything under the first key, so that the others can go. Status 1 when something is left. */
export async function rotate(): Promise<void> {
  await withSealed(async (parts) => {
    for (const { place, resealed, unreadable } of await rotateKeys(parts, `cli:${userInfo().username}`)) {
      say(`${place}: ${resealed} sealed anew${unreadable === 0 ? '' : `, ${unreadable} that no key of SHIPMATE_KEYS opens`}`);
      if (unreadable > 0) process.exitCode = 1;
    }
    const [first, ...others] = parts.sealer.beginnings.keys();
    const counts = await countByKey(parts);
    const inUse = others.filter((id) => (counts.get(id) ?? 0) > 0);
    if (inUse.length > 0) {
      process.exitCode = 1;
      say(`A process still seals with ${inUse.join(', ')}: put ${first} first in every process, restart them, and run this again.`);
    } else if (others.length > 0) say(`Everything is sealed with ${first}. ${others.join(', ')} can be taken out of SHIPMATE_KEYS.`);
  });
}

function lineOf(id: string | null, count: number, isFirst: boolean): string {
  if (id === null) return `other keys: ${count} values${count === 0 ? '' : ', which cannot be opened'}`;
  const note = isFirst
    ? 'seals what is new'
    : count === 0
      ? 'can be taken out once every process has the first one first'
      : 'run `shipmate keys rotate`';
  return `${id}: ${count} values, ${note}`;
}

/** Neither queue nor engine: keys can be changed while those are away. */
async function withSealed(work: (parts: RotationParts) => Promise<void>): Promise<void> {
  const started = start({ destination: process.stderr });
  const { settings, logger, closers } = started;
  try {
    const database = new PostgresDatabase({ ...(await databaseUrls(started)), logger, poolSize: 2 });
    closers.add('database', () => database.close());
    await database.migrate();
    await work({ database, places: database.sealedPlaces, sealer: new AesSealer(encryptionKeys(settings)), clock: systemClock });
  } finally {
    await closers.closeAll();
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
