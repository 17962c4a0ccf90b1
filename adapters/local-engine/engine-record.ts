import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { HostTraces } from './host-traces.ts';

/**
 * What Shipmate started on this machine, kept beside the data so that a later run can undo or adopt it after a kill -9.
 * `swarmId` is the cluster that it initialised; `before` what the machine's network looked like before its first engine.
 */
export type EngineRecord = { readonly swarmId: string | null; readonly before: HostTraces | null };

const NOTHING: EngineRecord = { swarmId: null, before: null };

export function readRecord(path: string): EngineRecord {
  if (!existsSync(path)) return NOTHING;
  const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
  return { ...NOTHING, ...(typeof content === 'object' ? content : {}) };
}

export function changeRecord(path: string, changes: Partial<EngineRecord>): void {
  const record = { ...readRecord(path), ...changes };
  if (record.swarmId === null && record.before === null) {
    rmSync(path, { force: true });
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, JSON.stringify(record));
  renameSync(`${path}.new`, path);
}
