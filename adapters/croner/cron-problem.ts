import { Cron } from 'croner';

/** What is wrong with a cron expression, a sentence without a subject; null when it can be read and will ever come. */
export function cronProblem(cron: string): string | null {
  const notCron = 'is no cron expression of five fields (minute, hour, day, month, weekday)';
  try {
    const read = new Cron(cron, { timezone: 'UTC', mode: '5-part', paused: true });
    // A date is taken for a job that runs once, and has no pattern.
    if (read.getPattern() === undefined) return notCron;
    return read.nextRun() === null ? 'never comes' : null;
  } catch {
    return notCron;
  }
}
