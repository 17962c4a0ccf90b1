import { afterAll, expect, vi } from 'vitest';

/**
 * The unit tests of all files share one process and its modules, which is what makes them fast. So no file may leave the process otherwise than it found
 * it: what one changed would show up as a failure of another, in an order that nobody can repeat.
 */
const shared = () => ({
  environment: { ...process.env },
  folder: process.cwd(),
  // The things that tests are tempted to replace.
  globals: [globalThis.Date, globalThis.fetch, globalThis.setTimeout, globalThis.setInterval, globalThis.console, Math.random],
  hasFakeTimers: vi.isFakeTimers(),
});

const before = shared();

afterAll(() => {
  expect(shared(), 'a test file leaves the process as it found it').toEqual(before);
});
