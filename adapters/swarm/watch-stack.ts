import type { EventFeed } from './event-feed.ts';

/** Calls that come closer together than this are one. */
const COALESCE_MS = 20;

/**
 * After a container's event, the task's state reaches the managers a little later (measured: 5 to 150 ms), and nothing
 * tells when. So each event is answered at once and looked after again at these distances; a look costs three requests.
 */
const ECHOES_MS = [40, 80, 130, 190, 260] as const;

/** {@link Orchestrator.watch}: events, their echoes, and a tick. Every call pushes the next tick back, so nothing is busy. */
export function watchStack(feed: EventFeed, stack: string, tickMs: number, onChange: () => void, signal: AbortSignal): void {
  if (signal.aborted) return;
  let pending: NodeJS.Timeout | null = null;
  let tick: NodeJS.Timeout | null = null;
  let echoes: NodeJS.Timeout[] = [];

  const call = () => {
    pending = null;
    if (signal.aborted) return;
    if (tick !== null) clearTimeout(tick);
    tick = setTimeout(call, tickMs);
    onChange();
  };
  const soon = () => {
    pending ??= setTimeout(call, COALESCE_MS);
  };
  const onEvent = () => {
    soon();
    for (const echo of echoes) clearTimeout(echo);
    echoes = ECHOES_MS.map((ms) => setTimeout(soon, ms));
  };

  const unsubscribe = feed.subscribe(stack, onEvent);
  tick = setTimeout(call, tickMs);
  signal.addEventListener(
    'abort',
    () => {
      unsubscribe();
      for (const timer of [pending, tick, ...echoes]) if (timer !== null) clearTimeout(timer);
    },
    { once: true },
  );
}
