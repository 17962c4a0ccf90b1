import { defineConfig } from 'vitest/config';

/**
 * Two projects. `unit` needs nothing and runs in `npm run check`; `integration` brings real Postgres, Redis and a Docker
 * Swarm by its global setup (test/support/global-setup.ts) and skips nothing when one is missing: it fails.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          // Importing the same modules anew for each of 150 files took two thirds of the time. What the files share instead, they leave alone.
          isolate: false,
          setupFiles: ['test/support/leave-no-trace.ts'],
          // A bound for what hangs, not a measure: property tests share two cores with whatever else runs.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/{contract,integration,e2e}/**/*.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          // A real engine on a small shared machine: CI looks again before it calls something broken, and says that it did.
          retry: process.env['CI'] === undefined ? 0 : 2,
        },
      },
    ],
  },
});
