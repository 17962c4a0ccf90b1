import { fileURLToPath } from 'node:url';
import { afterEach, expect, it, vi } from 'vitest';
import { validate } from '../../../src/cli/validate.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

it.each([
  ['hello', '1 app, 1 environment.'],
  ['shop', '1 app, 2 environments.'],
])('counts what it found valid in examples/%s: %s', async (example, expected) => {
  const file = fileURLToPath(new URL(`../../../examples/${example}/shipmate.yml`, import.meta.url));
  vi.stubEnv('SHIPMATE_CONFIG', file);
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  await validate();
  expect(write).toHaveBeenLastCalledWith(`${file} is valid: ${expected}\n`);
});
