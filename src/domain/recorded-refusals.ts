import type { RefusalCode } from './refusal.ts';

/**
 * Refusals that keep nobody from anything: a slip of the pen, or nothing to do. All others are recorded, also those that
 * somebody adds. What is only said to be unknown may be there and hidden.
 */
const HARMLESS: readonly RefusalCode[] = [
  'unknown_command',
  'invalid_arguments',
  'unknown_environment',
  'unknown_version',
  'unknown_service',
  'invalid_definition',
  'image_not_found',
  'nothing_to_roll_back_to',
  'nothing_deployed',
  'nothing_running',
  'already_finished',
  'already_done',
  'not_on_the_engine',
  'not_locked',
];

/** The use case that refuses records these itself, with what it knows about them. */
const RECORDED: readonly RefusalCode[] = [
  'locked',
  'frozen',
  'outside_window',
  'own_request',
  'not_an_approver',
  'already_voted',
  'wrong_code',
  'code_used',
  'factor_locked',
  'invalid_code',
  'already_linked',
];

/** Has the way in (a command, a button, a page) to record it, because the use case that refused has not? */
export function isLeftToRecord(code: RefusalCode): boolean {
  return !HARMLESS.includes(code) && !RECORDED.includes(code);
}
