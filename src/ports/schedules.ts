import type { Occurrences } from '../domain/freeze-window.ts';

/** Reads cron expressions: five fields, names of months and days, in a zone of the IANA database. Where clocks change, a time that is skipped counts as the next one there is. */
export interface Schedules extends Occurrences {
  /** What is wrong with it, a sentence without a subject (`has 4 fields …`); null when it can be read and will ever come. */
  problemOf(cron: string): string | null;
}
