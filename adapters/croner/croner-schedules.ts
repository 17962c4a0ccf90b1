import { Cron } from 'croner';
import type { Recurring } from '../../src/domain/freeze-window.ts';
import type { Schedules } from '../../src/ports/schedules.ts';
import { cronProblem } from './cron-problem.ts';

/** Expressions are few and come again and again. */
const KEPT = 500;

export class CronerSchedules implements Schedules {
  readonly #known = new Map<string, Cron>();

  problemOf(cron: string): string | null {
    return cronProblem(cron);
  }

  lastStart(schedule: Recurring, at: number): number | null {
    // Croner counts whole seconds and finds what was before its reference; a start at this very second is meant too.
    const [start] = this.#cronOf(schedule).previousRuns(1, new Date(Math.floor(at / 1000) * 1000 + 1));
    return start?.getTime() ?? null;
  }

  nextStart(schedule: Recurring, at: number): number | null {
    return this.#cronOf(schedule).nextRun(new Date(at))?.getTime() ?? null;
  }

  #cronOf({ cron, timeZone }: Recurring): Cron {
    const key = `${timeZone} ${cron}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= KEPT) this.#known.clear();
    // Without this rule a list of hours loses the one that clocks skip, and with it a whole freeze.
    const made = new Cron(cron, { timezone: timeZone, mode: '5-part', fixedTimeRule: 'no-wildcard', paused: true });
    this.#known.set(key, made);
    return made;
  }
}
