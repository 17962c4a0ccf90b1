import { cronProblem } from '../../adapters/croner/cron-problem.ts';
import { type Length, parseLength, type Recurring, type Schedule } from '../domain/freeze-window.ts';
import { MOMENT_EXAMPLES, parseMoment } from '../domain/zoned-time.ts';
import type { Finding } from '../ports/app-source.ts';
import type { EnvironmentConfig } from '../ports/workspace.ts';
import type { WorkspaceFile } from './workspace-schema.ts';

type Path = readonly PropertyKey[];
type MakeFinding = (path: Path, problem: string, remedy: string) => Finding;
type EnvironmentFile = NonNullable<WorkspaceFile['environments'][string]>;
type FreezeFile = NonNullable<EnvironmentFile['freezes']>[number];
type WindowFile = NonNullable<EnvironmentFile['windows']>[number];

const EXAMPLE = 'For example: cron: "0 18 * * FRI", for: 2d15h, time_zone: Europe/Berlin.';
const LONGEST_DAYS = 31;

/** What the shape of freezes, windows and working hours alone cannot say. */
export function checkSchedules(
  { environments, working_hours: workingHours = [] }: Pick<WorkspaceFile, 'environments' | 'working_hours'>,
  finding: MakeFinding,
): readonly Finding[] {
  const ofEnvironments = Object.entries(environments).flatMap(([name, environment]) => [
    ...(environment?.freezes ?? []).flatMap((freeze, index) => checkFreeze(freeze, ['environments', name, 'freezes', index], finding)),
    ...(environment?.windows ?? []).flatMap((window, index) => checkRecurring(window, ['environments', name, 'windows', index], finding)),
  ]);
  return [...ofEnvironments, ...workingHours.flatMap((hours, index) => checkRecurring(hours, ['working_hours', index], finding))];
}

function checkFreeze(freeze: FreezeFile, path: Path, finding: MakeFinding): readonly Finding[] {
  const { cron, for: lasts, from, until, time_zone: timeZone } = freeze;
  const isRecurring = cron !== undefined || lasts !== undefined;
  const isOnce = from !== undefined || until !== undefined;
  if (isRecurring === isOnce) {
    return [finding(path, 'needs either cron and for, or from and until.', `${EXAMPLE} Or: from: 2026-12-24, until: 2027-01-02.`)];
  }
  if (isRecurring) {
    if (cron === undefined || lasts === undefined || timeZone === undefined) {
      return [finding(path, 'needs cron, for and time_zone together.', EXAMPLE)];
    }
    return checkRecurring({ cron, for: lasts, time_zone: timeZone }, path, finding);
  }
  if (from === undefined || until === undefined)
    return [finding(path, 'needs both from and until.', `Write them like ${MOMENT_EXAMPLES}.`)];
  const unread = (
    [
      ['from', from],
      ['until', until],
    ] as const
  ).flatMap(([key, text]) => {
    if (parseMoment(text, timeZone ?? null) !== null) return [];
    return parseMoment(text, 'UTC') === null
      ? [finding([...path, key], `is no date: "${text}".`, `Write it like ${MOMENT_EXAMPLES}.`)]
      : [finding([...path, key], 'does not say in which time zone.', 'Add time_zone, for example Europe/Berlin.')];
  });
  if (unread.length > 0) return unread;
  const { schedule } = readFreeze(freeze);
  if (schedule.kind === 'once' && schedule.until <= schedule.from) {
    return [finding([...path, 'until'], 'is not after from.', 'A date alone means its first moment: write the day after the last one.')];
  }
  return [];
}

function checkRecurring({ cron, for: lasts }: Pick<WindowFile, 'cron' | 'for' | 'time_zone'>, path: Path, finding: MakeFinding) {
  const problem = cronProblem(cron);
  const length = lengthOf(lasts);
  return [
    ...(problem === null ? [] : [finding([...path, 'cron'], `${problem}: "${cron}".`, EXAMPLE)]),
    ...(length.days + length.ms / 86_400_000 <= LONGEST_DAYS
      ? []
      : [finding([...path, 'for'], `is longer than ${LONGEST_DAYS} days.`, 'Write it with from and until, or protect the environment.')]),
  ];
}

/** The shape was checked before. */
export function freezesOf(freezes: readonly FreezeFile[]): EnvironmentConfig['freezes'] {
  return freezes.map(readFreeze);
}

export function windowsOf(windows: readonly WindowFile[]): readonly Recurring[] {
  return windows.map(readRecurring);
}

function readFreeze({ reason, cron, for: lasts, from, until, time_zone: timeZone }: FreezeFile): { schedule: Schedule; reason: string } {
  if (cron !== undefined && lasts !== undefined && timeZone !== undefined) {
    return { schedule: readRecurring({ cron, for: lasts, time_zone: timeZone }), reason };
  }
  return { schedule: { kind: 'once', from: momentOf(from, timeZone), until: momentOf(until, timeZone) }, reason };
}

function readRecurring({ cron, for: lasts, time_zone: timeZone }: WindowFile): Recurring {
  return { kind: 'recurring', cron, timeZone, lasts: lengthOf(lasts) };
}

function lengthOf(text: string): Length {
  const length = parseLength(text);
  if (length === null) throw new Error(`not a length of time: ${text}`);
  return length;
}

function momentOf(text: string | undefined, timeZone: string | undefined): number {
  const at = parseMoment(text ?? '', timeZone ?? null);
  if (at === null) throw new Error(`not a moment: ${text ?? 'nothing'}`);
  return at;
}
