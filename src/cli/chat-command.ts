import { userInfo } from 'node:os';
import { runTerminalCommand } from '../../adapters/terminal/run-terminal-command.ts';
import { readWorkspace } from '../config/workspace.ts';
import { describeFinding } from '../ports/app-source.ts';
import type { Workspace } from '../ports/workspace.ts';
import { encryptionKeys } from './encryption-keys.ts';
import { LocalAccess } from './local-access.ts';
import { serverAddress } from './server-address.ts';
import { readSettings, untilStopped } from './start.ts';
import { StartRefused } from './start-refused.ts';

/** `shipmate deploy shop staging` and every other chat command: sent to the running server, followed to its end. */
export async function runChatCommand(words: readonly string[]): Promise<void> {
  const settings = readSettings();
  const result = readWorkspace(settings.configFile);
  if (!result.ok) throw new StartRefused(`${settings.configFile} is not valid`, result.findings.map(describeFinding));
  const { person, argv } = whoAmI(words, result.workspace);
  const stop = new AbortController();
  void untilStopped().then(() => stop.abort());
  process.exitCode = await runTerminalCommand({
    baseUrl: serverAddress(settings),
    token: new LocalAccess(encryptionKeys(settings)[0]).tokenFor(person),
    argv,
    output: process.stdout,
    signal: stop.signal,
  });
}

/** `--as <person>`, or the person whose `identities.terminal` is this account; in development the first one listed. */
function whoAmI(words: readonly string[], workspace: Workspace): { person: string; argv: readonly string[] } {
  const at = words.indexOf('--as');
  const argv = at === -1 ? words : [...words.slice(0, at), ...words.slice(at + 2)];
  const people = Object.values(workspace.people);
  const account = userInfo().username;
  const named = at === -1 ? null : (words[at + 1] ?? '');
  const found =
    named === null ? people.find(({ identities }) => identities['terminal'] === account) : people.find(({ id }) => id === named);
  const person = found ?? (named === null && workspace.development ? people[0] : undefined);
  if (person !== undefined) return { person: person.id, argv };
  const problem = named === null ? `nobody in shipmate.yml has the terminal account “${account}”` : `nobody in shipmate.yml is “${named}”`;
  const known = people.map(({ id }) => id).join(', ');
  throw new StartRefused(problem, [`Say who you are: --as <person>. People: ${known}.`]);
}
