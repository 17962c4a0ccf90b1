import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startEmbeddedPostgres } from '../../../adapters/embedded-postgres/start-embedded-postgres.ts';
import { silentLogger } from '../../support/postgres.ts';

const USER = fileURLToPath(new URL('./embedded-postgres-user.ts', import.meta.url));

describe('the embedded PostgreSQL', () => {
  let dataDir: string;
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'shipmate-embedded-'));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    // The server may not have noticed yet that a killed user is gone, and is not stopped while it counts one.
    await vi.waitFor(
      async () => {
        const last = await start();
        await last.stop();
        expect(await serverPid()).toBeNull();
      },
      { timeout: 20_000 },
    );
    await rm(dataDir, { recursive: true, force: true });
  });

  async function serverPid(): Promise<number | null> {
    const text = await readFile(join(dataDir, 'cluster', 'postmaster.pid'), 'utf8').catch(() => null);
    return text === null ? null : Number(text.split('\n')[0]);
  }

  const start = () => startEmbeddedPostgres({ dataDir, logger: silentLogger });

  /** Another process that uses the same folder; resolves with the address it got. */
  async function another(): Promise<{ child: ChildProcess; url: string }> {
    const child = fork(USER, [dataDir], { execArgv: [] });
    children.push(child);
    const [url] = await once(child, 'message');
    return { child, url: String(url) };
  }

  async function query(url: string, text: string): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  }

  it('starts on loopback with a password that only its owner can read, and keeps data and address over a stop', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS one');
    expect(new URL(first.url).hostname).toBe('127.0.0.1');
    expect((await stat(join(dataDir, 'password'))).mode & 0o777).toBe(0o600);
    const wrong = new URL(first.url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow(/password/);
    await first.stop();
    expect(await serverPid()).toBeNull();

    const second = await start();
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
    await second.stop();
  });

  it('is one server for processes that start at the same time, and goes with the last of them', async () => {
    const [one, two, own] = await Promise.all([another(), another(), start()]);
    expect([one.url, two.url]).toEqual([own.url, own.url]);
    const pid = await serverPid();
    await own.stop();
    expect(await serverPid()).toBe(pid);
    one.child.send('stop');
    await once(one.child, 'exit');
    expect(await serverPid()).toBe(pid);
    two.child.send('stop');
    await once(two.child, 'exit');
    expect(await serverPid()).toBeNull();
  });

  it('outlives a user that is killed, and the next one adopts it', async () => {
    const { child, url } = await another();
    await query(url, 'CREATE TABLE kept AS SELECT 1 AS one');
    const pid = await serverPid();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const next = await start();
    expect(next.url).toBe(url);
    expect(await serverPid()).toBe(pid);
    expect(await query(url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
    await next.stop();
    expect(await serverPid()).toBeNull();
  });

  it('comes back by itself at the same address when the server is killed under its user', async () => {
    const own = await start();
    await query(own.url, 'CREATE TABLE kept AS SELECT 1 AS one');
    const pid = await serverPid();
    if (pid === null) throw new Error('it runs');
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(async () => expect(await query(own.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]), {
      timeout: 30_000,
      interval: 100,
    });
    expect(await serverPid()).not.toBe(pid);
    await own.stop();
  });

  it('starts over a pid file whose number now belongs to another process', async () => {
    await (await start()).stop();
    await writeFile(
      join(dataDir, 'cluster', 'postmaster.pid'),
      `${process.pid}\n${join(dataDir, 'cluster')}\n0\n1\n\n127.0.0.1\n0 0\nready\n`,
    );
    const own = await start();
    expect(await query(own.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await own.stop();
  });

  it('takes another port when its last one belongs to somebody else', async () => {
    const first = await start();
    await first.stop();
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(Number(new URL(first.url).port), '127.0.0.1', resolve));
    const second = await start();
    expect(second.url).not.toBe(first.url);
    expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await second.stop();
    await new Promise((resolve) => squatter.close(resolve));
  });

  it('is complete after a kill at any moment of its first start', async () => {
    for (const afterMs of [60, 400, 800]) {
      const child = fork(USER, [dataDir], { execArgv: [] });
      children.push(child);
      const killed = once(child, 'exit');
      setTimeout(() => child.kill('SIGKILL'), afterMs);
      await killed;
      const own = await start();
      expect(await query(own.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await own.stop();
      expect((await readdir(dataDir)).sort()).toEqual(['cluster', 'password', 'port']);
      await rm(join(dataDir, 'cluster'), { recursive: true });
    }
  });
});
