/** An expected "no", as a value: a closed reason code, what is wrong, and what to do about it. Faults are thrown instead. */
export const REFUSAL_CODES = [
  'unknown_command',
  'invalid_arguments',
  'unknown_app',
  'unknown_environment',
  'unknown_version',
  'unknown_service',
  'unknown_deployment',
  'not_allowed',
  'protected_environment',
  'invalid_definition',
  'image_not_found',
  'foreign_stack',
  'nothing_to_roll_back_to',
  'nothing_deployed',
  'nothing_running',
  'already_finished',
  'already_done',
  'plan_changed',
  'not_on_the_engine',
  'rate_limited',
  'invalid_code',
  'already_linked',
  'factor_required',
  'factor_locked',
  'wrong_code',
  'code_used',
  'link_over',
  'unknown_request',
  'request_over',
  'own_request',
  'not_an_approver',
  'already_voted',
  'reason_required',
  'no_approvers',
  'too_early',
  'outside_window',
  'not_in_order',
  'outdated',
  'locked',
  'frozen',
  'not_locked',
  'unknown_secret',
  'unknown_person',
  'unknown_token',
  'unavailable',
  'registry_unavailable',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

export type Refusal = {
  readonly refused: RefusalCode;
  /** One sentence: what is wrong. */
  readonly message: string;
  /** What to do or type instead. */
  readonly hint: string | null;
  /** Longer findings, one line each (file, line, key and the way out). */
  readonly details: readonly string[];
  /** Moments that matter, for each reader in their own time zone. */
  readonly times?: readonly { readonly label: string; readonly at: number }[];
  /** What can be done about it with one click. */
  readonly offers?: readonly Offer[];
};

/** A verb of the chat's buttons and what it is about; whoever takes it is authorized then. */
export type Offer = { readonly verb: string; readonly id: string; readonly label: string };

export function refusal(refused: RefusalCode, message: string, hint: string | null = null, details: readonly string[] = []): Refusal {
  return { refused, message, hint, details };
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refused' in value;
}
