import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { Closers } from '../../../src/cli/closers.ts';
import { LiveWorkspace } from '../../../src/cli/live-workspace.ts';
import { type OpenedParts, openParts } from '../../../src/cli/open-parts.ts';
import { serveProcessHealth } from '../../../src/cli/process-health.ts';
import { runWorker } from '../../../src/cli/run-worker.ts';
import { readSettings } from '../../../src/cli/start.ts';
import type { Settings } from '../../../src/config/settings.ts';
import { createTestDatabase, silentLogger, type TestDatabase } from '../../support/postgres.ts';

const root = join(import.meta.dirname, '../../..');

let folder: string;
let closers: Closers;
let database: TestDatabase;

/** A worker's parts, as `shipmate worker` opens them. */
async function openWorker(environment: Record<string, string>): Promise<{ parts: OpenedParts; settings: Settings }> {
  const settings = readSettings({
    DATABASE_URL: database.url,
    DOCKER_HOST: inject('dockerHost'),
    SHIPMATE_CONFIG: join(root, 'examples/hello/shipmate.yml'),
    SHIPMATE_DATA: folder,
    ...environment,
  });
  const parts = await openParts({
    settings,
    logger: silentLogger,
    closers,
    workspace: new LiveWorkspace(settings.configFile, silentLogger),
  });
  await runWorker(parts, closers, settings.concurrency);
  return { parts, settings };
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'shipmate-worker-'));
  closers = new Closers(silentLogger);
  database = await createTestDatabase();
});

afterEach(async () => {
  await closers.closeAll();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

describe('the port of a worker', () => {
  it('tells how the worker is, what it depends on and what it counts, and nothing else', async () => {
    const { parts, settings } = await openWorker({ PORT: '0' });
    const url = await serveProcessHealth(parts, settings, closers);
    const get = (path: string): Promise<Response> => fetch(`${url}${path}`);

    expect((await get('/healthz')).status).toBe(200);
    const ready = await get('/readyz');
    expect(await ready.json()).toMatchObject({
      status: 'ready',
      checks: [
        { name: 'postgres', state: 'ok' },
        { name: 'queue', state: 'ok' },
        { name: 'engine', state: 'ok' },
      ],
    });
    parts.metrics.stageFinished({ stage: 'promote', state: 'succeeded' }, 1200);
    const metrics = await (await get('/metrics')).text();
    expect(metrics).toContain('shipmate_stage_duration_seconds_sum{stage="promote",state="succeeded"} 1.2');
    expect(metrics).toContain('# TYPE shipmate_container_cpu_seconds_total counter');
    for (const path of ['/', '/api/v1/session', '/slack/events']) expect((await get(path)).status).toBe(404);
  });

  it('answers on this machine only, unless the settings say otherwise', async () => {
    const { parts, settings } = await openWorker({ PORT: '0' });
    expect(await serveProcessHealth(parts, settings, closers)).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('is done without when somebody has it, because the work matters more', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      const { parts, settings } = await openWorker({ PORT: String(port) });
      expect(await serveProcessHealth(parts, settings, closers)).toBeNull();
      await parts.queue.ping();
    } finally {
      taken.close();
    }
  });
});
