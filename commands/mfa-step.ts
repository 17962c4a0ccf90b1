import { formatAction } from '../src/chat/action-id.ts';

/** What `/mfa` is asked to do. It travels in the ids of buttons and forms, never with a code. */
export type MfaStep =
  | { readonly what: 'add' | 'recovery' }
  /** `which` null: the only one. */
  | { readonly what: 'remove'; readonly which: string | null }
  | { readonly what: 'reset'; readonly which: string }
  /** `which` is the factor's id: what somebody set up meanwhile is another one. */
  | { readonly what: 'vouch'; readonly which: string };

/** `mfa-code:reset.b2xnYQ`: names may have characters that ids have not. */
export function formatMfaStep(verb: string, step: MfaStep): string {
  const which = 'which' in step && step.which !== null ? `.${Buffer.from(step.which).toString('base64url')}` : '';
  return formatAction(verb, `${step.what}${which}`);
}

export function parseMfaStep(id: string): MfaStep | null {
  const [what = '', encoded] = id.split('.');
  const which = encoded === undefined ? null : Buffer.from(encoded, 'base64url').toString('utf8');
  if (what === 'add' || what === 'recovery') return { what };
  if (what === 'remove') return { what, which };
  return (what === 'reset' || what === 'vouch') && which !== null ? { what, which } : null;
}
