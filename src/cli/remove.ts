import { removeEnvironment } from '../application/remove-environment.ts';
import { isRefusal } from '../domain/refusal.ts';
import { openParts } from './open-parts.ts';
import { openWorkspace, start } from './start.ts';
import { StartRefused } from './start-refused.ts';

/** `shipmate remove <app> <environment> --as <person> --yes`. */
export async function remove(app: string, environment: string, options: { volumes?: boolean; as: string }): Promise<void> {
  const started = start({ destination: process.stderr });
  try {
    const parts = await openParts({ ...started, workspace: openWorkspace(started) });
    const person = parts.workspace().people[options.as];
    if (person === undefined)
      throw new StartRefused(`nobody in shipmate.yml is “${options.as}”`, [`People: ${Object.keys(parts.workspace().people).join(', ')}.`]);
    const result = await removeEnvironment(parts, { person, app, environment, volumes: options.volumes === true, source: 'terminal' });
    if (isRefusal(result)) throw new StartRefused(result.message, result.hint === null ? [] : [result.hint]);
    process.stdout.write(`${result.stack} is removed${options.volumes === true ? ' with its volumes' : '; its volumes stay'}.\n`);
  } finally {
    await started.closers.closeAll();
  }
}
