import type { CommandContext, Completion } from '../src/chat/command.ts';
import type { App } from './app.ts';

/** Values of the arguments that name what a command is about; only what the person may see. */
export async function completeTarget(
  app: App,
  argument: string,
  typed: Readonly<Record<string, string>>,
  { person }: CommandContext,
): Promise<readonly Completion[]> {
  const name = typed['app'] ?? '';
  const environment = typed['environment'] ?? '';
  switch (argument) {
    case 'app':
      return plain(await app.suggestApps(person));
    case 'environment':
      return plain(await app.suggestEnvironments(person, name));
    case 'version':
    case 'to':
      return plain(await app.suggestVersions(person, name, environment));
    case 'service':
      return plain(await app.suggestServices(person, name, environment));
    default:
      return [];
  }
}

function plain(values: readonly string[]): readonly Completion[] {
  return values.map((value) => ({ value, label: '' }));
}
