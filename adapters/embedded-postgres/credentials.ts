import { createHmac, randomBytes } from 'node:crypto';
import { link, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The database and its owner; a URL of the embedded server always says these. */
export const DATABASE = 'shipmate';
const APP_ROLE = 'shipmate_app';

/**
 * The server's password, made once and kept in a file that only its owner can read. Two processes that make it at the
 * same time end with the same one: the file appears complete under its name or not at all.
 */
export async function keepPassword(dataDir: string): Promise<string> {
  const path = join(dataDir, 'password');
  const known = await read(path);
  if (known !== null) return known;
  const draft = `${path}.draft-${process.pid}`;
  await writeFile(draft, randomBytes(24).toString('base64url'), { mode: 0o600 });
  try {
    await link(draft, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    await unlink(draft);
  }
  return readFile(path, 'utf8');
}

/** The port that the server had last, so that it gets the same one again when that is free. */
export async function readPort(dataDir: string): Promise<number | null> {
  const text = await read(join(dataDir, 'port'));
  const port = Number(text);
  return text !== null && Number.isInteger(port) && port > 0 && port < 65_536 ? port : null;
}

export async function writePort(dataDir: string, port: number): Promise<void> {
  await writeFile(join(dataDir, 'port'), `${port}\n`, { mode: 0o644 });
}

export function urlOf(port: number, password: string, database = DATABASE): string {
  return `postgresql://${DATABASE}:${password}@127.0.0.1:${port}/${database}`;
}

/**
 * The same for the role that Shipmate works as, which owns nothing. Its password follows from the owner's, so that there is no second
 * one to keep; the role itself is made by the migrations.
 */
export function appUrlOf(port: number, ownerPassword: string): string {
  const password = createHmac('sha256', ownerPassword).update(APP_ROLE).digest('base64url');
  return `postgresql://${APP_ROLE}:${password}@127.0.0.1:${port}/${DATABASE}`;
}

async function read(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
