/** States of a task whose container will not run again (Engine API, `TaskState`). */
const ENDED: ReadonlySet<string> = new Set(['complete', 'shutdown', 'failed', 'rejected', 'remove', 'orphaned']);

export function hasEnded(state: string | undefined): boolean {
  return state !== undefined && ENDED.has(state);
}
