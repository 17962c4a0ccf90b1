import { readFileSync } from 'node:fs';
import type { Finding } from '../ports/app-source.ts';
import type { HookConfig, Workspace } from '../ports/workspace.ts';

/** Standard Webhooks wants 24 to 64 random bytes (https://github.com/standard-webhooks/standard-webhooks, “Signature scheme”). */
const SHORTEST_BYTES = 24;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * What deliveries of a hook are signed with: `whsec_<base64>`, several of them separated by white space while a new one is being introduced. Read
 * each time, so that a replaced file counts at once. Throws with what is wrong and never with what it read.
 */
export function readHookKeys({ secret }: Pick<HookConfig, 'secret'>, env: NodeJS.ProcessEnv = process.env): readonly Uint8Array[] {
  const text = 'file' in secret ? readSecretFile(secret.file) : (env[secret.variable] ?? '');
  const words = text.split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) throw new Error('the secret is empty: everybody could sign with it');
  return words.map(readKey);
}

/** Hooks whose secret is missing, empty or too short: with one of these nothing starts. */
export function checkHookKeys({ hooks }: Pick<Workspace, 'hooks'>, env: NodeJS.ProcessEnv = process.env): readonly Finding[] {
  return Object.values(hooks).flatMap((hook) => {
    try {
      readHookKeys(hook, env);
      return [];
    } catch (error) {
      const problem = `${error instanceof Error ? error.message : 'it cannot be read'}.`;
      const remedy = `Make one: printf 'whsec_%s\\n' "$(openssl rand -base64 32)"`;
      return [{ file: 'shipmate.yml', line: null, key: `hooks.${hook.name}`, problem, remedy }];
    }
  });
}

function readSecretFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Error('the secret’s file cannot be read', { cause });
  }
}

function readKey(word: string): Uint8Array {
  const encoded = word.startsWith('whsec_') ? word.slice('whsec_'.length) : word;
  if (!BASE64.test(encoded)) throw new Error('the secret is not whsec_ and Base64');
  const key = new Uint8Array(Buffer.from(encoded, 'base64'));
  if (key.length < SHORTEST_BYTES) throw new Error(`the secret has ${key.length} bytes and needs ${SHORTEST_BYTES}`);
  return key;
}
