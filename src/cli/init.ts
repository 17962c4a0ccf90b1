import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StartRefused } from './start-refused.ts';

const EXAMPLE = resolve(fileURLToPath(import.meta.url), '../../../examples/hello');

/** `shipmate init [folder]`: the smallest workspace to start from. Never overwrites anything. */
export function init(folder = '.'): void {
  const target = resolve(folder);
  const files = ['shipmate.yml', 'compose.yaml'];
  const present = files.filter((file) => existsSync(join(target, file)));
  if (present.length > 0)
    throw new StartRefused(`${target} has ${present.join(' and ')} already`, ['Choose another folder, or edit what is there.']);
  mkdirSync(target, { recursive: true });
  for (const file of files) cpSync(join(EXAMPLE, file), join(target, file), { errorOnExist: true, force: false });
  process.stdout.write(
    [
      `Wrote ${files.join(' and ')} to ${target}.`,
      'Next: put your app’s services into compose.yaml and yourself into shipmate.yml, then',
      `  shipmate validate   checks both`,
      `  shipmate up         serves them`,
      '',
    ].join('\n'),
  );
}
