import type { LogLine } from '../../src/ports/orchestrator.ts';
import type { EngineApi } from './engine-api.ts';
import type { EngineService } from './engine-types.ts';
import { ONE_OFF_LABEL, stackFilter } from './labels.ts';
import { parseDetailedLine, parseLogFrames } from './log-frames.ts';

/** Logs of tasks on a node that is gone never end: what came until then is the answer. */
const READ_LIMIT_MS = 5_000;
/** A single endless line must not fill the memory. */
const READ_LIMIT_BYTES = 8 * 1024 * 1024;

/** The last lines over services and tasks, oldest first. */
export async function stackLogs(
  api: EngineApi,
  stack: string,
  options: { readonly service: string | null; readonly tail: number; readonly sinceMs: number | null },
): Promise<readonly LogLine[]> {
  const all = await api.get<readonly EngineService[]>('/services', { query: { filters: stackFilter(stack) } });
  const wanted = all.filter(
    ({ Spec }) => Spec.Labels?.[ONE_OFF_LABEL] === undefined && (options.service === null || Spec.Name === `${stack}_${options.service}`),
  );
  const lines = await Promise.all(
    wanted.map((service) => serviceLogs(api, service.ID, (service.Spec.Name ?? '').slice(stack.length + 1), options)),
  );
  // The engine's tail is per task; ours is over all of them. Sorting is stable, so lines of one task keep their order.
  return lines
    .flat()
    .sort((a, b) => (a.at ?? 0) - (b.at ?? 0))
    .slice(options.tail > 0 ? -options.tail : Number.POSITIVE_INFINITY);
}

export async function serviceLogs(
  api: EngineApi,
  serviceId: string,
  service: string,
  options: { readonly tail: number; readonly sinceMs: number | null },
): Promise<readonly LogLine[]> {
  const bytes = await readBounded(api, `/services/${serviceId}/logs`, {
    stdout: true,
    stderr: true,
    timestamps: true,
    details: true,
    follow: false,
    tail: options.tail,
    since: options.sinceMs === null ? undefined : Math.floor(options.sinceMs / 1000),
  });
  return parseLogFrames(bytes).map(({ stream, text }) => {
    const line = parseDetailedLine(text);
    return { service, task: line.details['com.docker.swarm.task.id'] ?? '', stream, at: line.at, text: line.text };
  });
}

async function readBounded(api: EngineApi, path: string, query: Record<string, string | number | boolean | undefined>): Promise<Buffer> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), READ_LIMIT_MS);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    const stream: AsyncIterable<Buffer> = await api.stream('GET', path, { query, signal: limit.signal });
    for await (const chunk of stream) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > READ_LIMIT_BYTES) break;
    }
  } catch (error) {
    if (!limit.signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks);
}
