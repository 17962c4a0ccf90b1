import { readFile } from 'node:fs/promises';
import { release } from 'node:os';
import type { EngineCapabilities } from '../../src/ports/orchestrator.ts';
import { type EngineApi, isAtLeast } from './engine-api.ts';

type EngineInfo = {
  readonly KernelVersion?: string;
  readonly Swarm?: { readonly LocalNodeState?: string; readonly ControlAvailable?: boolean; readonly Nodes?: number };
};

/** Jobs came with API 1.41 (Engine 20.10). */
const JOBS_API_VERSION = '1.41';

export async function probeCapabilities(api: EngineApi, virtualIps: boolean | undefined): Promise<EngineCapabilities> {
  const [version, info] = await Promise.all([api.version(), api.get<EngineInfo>('/info')]);
  return {
    engine: 'Docker Swarm',
    version: version.Version,
    apiVersion: version.ApiVersion,
    isManager: info.Swarm?.ControlAvailable === true,
    nodes: info.Swarm?.Nodes ?? 0,
    virtualIps: virtualIps ?? (await hasVirtualIps(info.KernelVersion)),
    jobs: isAtLeast(version.ApiVersion, JOBS_API_VERSION),
  };
}

/**
 * Virtual IPs and the ingress network are IPVS rules in the kernel (libnetwork, service_linux.go). No API tells whether
 * the kernel has them, and trying it out would need an image to run. An engine on this kernel is judged by the kernel's
 * own files: IPVS is loaded (`/proc/net/ip_vs`), or can be, as the engine loads it on first use. An engine on another
 * machine is taken for an ordinary one, which has it; the setting `virtualIps` overrules both.
 */
async function hasVirtualIps(engineKernel: string | undefined): Promise<boolean> {
  const kernel = release();
  if (process.platform !== 'linux' || engineKernel !== kernel) return true;
  if ((await textOf('/proc/net/ip_vs')) !== null) return true;
  const modules = await Promise.all([textOf(`/lib/modules/${kernel}/modules.dep`), textOf(`/lib/modules/${kernel}/modules.builtin`)]);
  return modules.some((list) => list?.includes('/ip_vs.ko') === true);
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    // Absent is an answer here.
    return null;
  }
}
