import { readWorkspace } from '../config/workspace.ts';
import { encryptionKeys } from './encryption-keys.ts';
import { LocalAccess } from './local-access.ts';
import { serverAddress } from './server-address.ts';
import { readSettings } from './start.ts';
import { StartRefused } from './start-refused.ts';

/**
 * `shipmate sign-in <person>`: a link that works once within ten minutes. Whoever can read the encryption key can make one. The code stands
 * behind `#`, which browsers send to nobody: no proxy's log has it.
 */
export async function signIn(person: string): Promise<void> {
  const settings = readSettings();
  const result = readWorkspace(settings.configFile);
  const people = result.ok ? Object.keys(result.workspace.people) : [];
  if (!people.includes(person)) throw new StartRefused(`nobody in shipmate.yml is “${person}”`, [`People: ${people.join(', ')}.`]);
  const code = new LocalAccess(encryptionKeys(settings)[0]).signInCode(person, Date.now());
  process.stdout.write(`${settings.publicUrl ?? serverAddress(settings)}/sign-in#code=${encodeURIComponent(code)}\n`);
}
