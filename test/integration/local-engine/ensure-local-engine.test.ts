import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { enginePaths } from '../../../adapters/local-engine/engine-paths.ts';
import { ensureLocalEngine, type LocalEngine, type LocalEngineOptions } from '../../../adapters/local-engine/ensure-local-engine.ts';
import { LocalEngineError } from '../../../adapters/local-engine/local-engine-error.ts';

/** The engine under test lives in a network namespace of its own, so that it and the machine's engine do not meet. */
let namespace: ChildProcess;
let launcher: readonly string[];
const folders: string[] = [];
const engines: LocalEngine[] = [];

beforeAll(async () => {
  namespace = spawn('unshare', ['--net', 'sh', '-c', 'ip link set lo up && exec sleep infinity'], { stdio: 'ignore' });
  const own = `/proc/${namespace.pid}/ns/net`;
  await vi.waitFor(() => expect(readlinkSync(own)).not.toBe(readlinkSync('/proc/self/ns/net')));
  await vi.waitFor(() => expect(readFileSync(`/proc/${namespace.pid}/cmdline`, 'utf8')).toMatch(/^sleep/));
  launcher = ['nsenter', `--net=${own}`];
});

afterEach(async () => {
  for (const engine of engines.splice(0).reverse()) await engine.stop({ removeData: true });
});

afterAll(async () => {
  namespace.kill('SIGKILL');
  await once(namespace, 'exit');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'shipmate-engine-'));
  folders.push(folder);
  return folder;
}

async function ensure(dataDir: string, options: Partial<LocalEngineOptions> = {}): Promise<{ engine: LocalEngine; said: string[] }> {
  const said: string[] = [];
  const announce = (text: string): void => {
    said.push(text);
  };
  const engine = await ensureLocalEngine({ dataDir, announce, consent: true, defaultSocket: '/nowhere/docker.sock', launcher, ...options });
  engines.push(engine);
  return { engine, said };
}

const dockerOf = (engine: LocalEngine): Docker => new Docker({ socketPath: new URL(engine.dockerHost).pathname });
const pidOf = (dataDir: string): number => Number(readFileSync(enginePaths(dataDir).pidFile, 'utf8'));

describe('ensureLocalEngine', () => {
  it('starts an engine in swarm mode, saying so before it does, and takes everything away again', async () => {
    const dataDir = newFolder();
    const { engine, said } = await ensure(dataDir);
    expect(engine).toMatchObject({ startedEngine: true, startedSwarm: true });
    expect((await dockerOf(engine).info()).Swarm).toMatchObject({ LocalNodeState: 'active', ControlAvailable: true });
    expect(said).toEqual([
      expect.stringContaining('Shipmate will start a Docker Engine of its own'),
      expect.stringContaining('the Docker Engine answers at'),
      'Shipmate will put the Docker Engine into swarm mode (swarm init on 127.0.0.1)',
    ]);
    const pid = pidOf(dataDir);

    await engine.stop({ removeData: true });

    expect(existsSync(`/proc/${pid}`)).toBe(false);
    expect(existsSync(enginePaths(dataDir).execRoot)).toBe(false);
    expect(readdirSync(join(dataDir, 'engine'))).toEqual(['dockerd.log']);
    expect(said.filter((text) => text.startsWith('left on the machine'))).toEqual([]);
  });

  it('adopts the engine that an earlier run left, and restarts it without losing the swarm', async () => {
    const dataDir = newFolder();
    await ensure(dataDir);
    engines.length = 0;
    const pid = pidOf(dataDir);

    const { engine, said } = await ensure(dataDir);
    expect(said).toEqual(['using the Docker Engine that an earlier run started']);
    expect(engine).toMatchObject({ startedEngine: true, startedSwarm: true });
    expect(pidOf(dataDir)).toBe(pid);

    await engine.restart();
    expect(pidOf(dataDir)).not.toBe(pid);
    await vi.waitFor(async () => expect((await dockerOf(engine).info()).Swarm?.ControlAvailable).toBe(true), {
      timeout: 20_000,
      interval: 200,
    });
  });

  it('starts again over the same data after its engine was killed', async () => {
    const dataDir = newFolder();
    const { engine } = await ensure(dataDir);
    await dockerOf(engine).createVolume({ Name: 'kept' });
    engines.length = 0;
    const pid = pidOf(dataDir);
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(() => expect(existsSync(`/proc/${pid}`)).toBe(false), { timeout: 10_000 });

    const { engine: again } = await ensure(dataDir);
    expect(await dockerOf(again).getVolume('kept').inspect()).toMatchObject({ Name: 'kept' });
    expect(again.startedSwarm).toBe(true);
  });

  it('gives a second engine on the machine a swarm of its own beside the first, and says where', async () => {
    const { engine: first } = await ensure(newFolder());
    const { engine: second, said } = await ensure(newFolder());

    expect(said).toContain(
      'Shipmate will put the Docker Engine into swarm mode (swarm init on 127.0.0.2:2377 with data port 4790, because the usual ports are taken on this machine)',
    );
    const swarms = await Promise.all([first, second].map(async (engine) => (await dockerOf(engine).info()).Swarm));
    expect(swarms).toMatchObject([
      { LocalNodeState: 'active', ControlAvailable: true, NodeAddr: '127.0.0.1', Cluster: { DataPathPort: 4789 } },
      { LocalNodeState: 'active', ControlAvailable: true, NodeAddr: '127.0.0.2', Cluster: { DataPathPort: 4790 } },
    ]);
  });

  it('says why its swarm does not run when its port was taken meanwhile, and starts it again once that is free', async () => {
    const dataDir = newFolder();
    await ensure(dataDir);
    engines.length = 0;
    const pid = pidOf(dataDir);
    process.kill(pid, 'SIGTERM');
    await vi.waitFor(() => expect(existsSync(`/proc/${pid}`)).toBe(false), { timeout: 20_000 });
    const [file = '', ...args] = [...launcher, process.execPath, '-e'];
    const other = spawn(file, [...args, 'require("node:net").createServer().listen(2377, "127.0.0.1", () => console.log("listens"))']);
    await once(other.stdout, 'data');

    await expect(ensure(dataDir)).rejects.toThrow(
      /^The swarm of this Docker Engine does not run: .*2377: bind: address already in use\. Stop what is in its way, then start the engine again\.$/,
    );
    other.kill();
    await once(other, 'exit');

    expect((await ensure(dataDir)).engine).toMatchObject({ startedEngine: true, startedSwarm: true });
  });

  it('keeps the swarm while services are left in it', async () => {
    const dataDir = newFolder();
    const { engine, said } = await ensure(dataDir);
    await dockerOf(engine).createService({
      Name: 'someones',
      TaskTemplate: { ContainerSpec: { Image: 'none' } },
      Mode: { Replicated: { Replicas: 0 } },
    });
    await engine.stop();
    expect(said).toContain('the swarm stays: 1 services are left in it');
    engines.length = 0;

    const { engine: again } = await ensure(dataDir);
    await vi.waitFor(async () => expect(await dockerOf(again).listServices()).toHaveLength(1), { timeout: 20_000, interval: 200 });
    await dockerOf(again).getService('someones').remove();
  });

  it('changes nothing on the machine without consent', async () => {
    const dataDir = newFolder();
    const asked: string[] = [];
    const consent = async (what: string): Promise<boolean> => {
      asked.push(what);
      return false;
    };
    await expect(ensure(dataDir, { consent })).rejects.toThrow(LocalEngineError);
    expect(asked).toEqual([expect.stringContaining('start a Docker Engine of its own')]);
    expect(existsSync(join(dataDir, 'engine'))).toBe(false);
  });

  it('never replaces an engine that somebody chose', async () => {
    await expect(ensure(newFolder(), { dockerHost: 'unix:///nowhere/docker.sock' })).rejects.toThrow(
      'The Docker Engine at DOCKER_HOST (unix:///nowhere/docker.sock) does not answer. Start it, correct DOCKER_HOST, or unset it.',
    );
  });

  it('says what the daemon complained about when it cannot start', async () => {
    const dataDir = newFolder();
    await expect(ensure(dataDir, { launcher: ['nsenter', '--net=/nowhere'] })).rejects.toThrow(
      /could not be started: it ended with status 1.*dockerd\.log/,
    );
    rmSync(enginePaths(dataDir).execRoot, { recursive: true, force: true });
  });
});
