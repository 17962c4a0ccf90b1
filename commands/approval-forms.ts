import { formatAction } from '../src/chat/action-id.ts';
import { INPUT_LIMITS } from '../src/chat/limits.ts';
import type { Form, FormField } from '../src/chat/message.ts';

/** Verbs of submitted forms. */
export const APPROVE_FORM = 'approve-form';
export const REJECT_FORM = 'reject-form';
export const ASK_FORM = 'ask-form';
export const SIGN_OFF_FORM = 'sign-off-form';
export const BREAK_GLASS_FORM = 'break-glass-form';

/** As many characters of a plan's hash as Slack's button has room for (24) beside its words. */
const PLAN_SHOWN = 8;

type Named = { readonly app: string; readonly environment: string; readonly version: string };

/**
 * The code goes into the form, never into a command line that others may see. Which plan it is stands in the title and on the
 * button: Slack cuts the title, and Discord has no button of ours.
 */
export function approveForm(request: string, named: Named & { readonly planHash: string }, asksFactor: boolean): Form {
  const plan = named.planHash.slice(0, PLAN_SHOWN);
  return {
    action: formatAction(APPROVE_FORM, request),
    title: `Approve ${titleOf(named)} · ${plan}`,
    submit: `Approve plan ${plan}`,
    fields: [...(asksFactor ? [codeField()] : []), reasonField('Comment', 'Seen by everyone who sees the card', true)],
  };
}

export function rejectForm(request: string, named: Named): Form {
  return {
    action: formatAction(REJECT_FORM, request),
    title: `Reject ${titleOf(named)}`,
    submit: 'Reject',
    fields: [reasonField('Why', 'What has to be mended', false)],
  };
}

export function askForm(request: string, named: Named): Form {
  return {
    action: formatAction(ASK_FORM, request),
    title: `Ask about ${titleOf(named)}`,
    submit: 'Ask',
    fields: [reasonField('Question', 'Whoever asked for it is told', false)],
  };
}

export function signOffForm(deployment: string, named: Named): Form {
  return {
    action: formatAction(SIGN_OFF_FORM, deployment),
    title: `Sign off ${titleOf(named)}`,
    submit: 'Sign off',
    fields: [reasonField('What came of it', 'Was it right? What is done so that it is not needed again?', true)],
  };
}

/** `app.environment.version`; names of apps and environments have no dots. */
export function breakGlassForm(named: Named, reason: string): Form {
  return {
    action: formatAction(BREAK_GLASS_FORM, `${named.app}.${named.environment}.${named.version}`),
    title: `Break the glass: ${titleOf(named)}`,
    submit: 'Deploy without approval',
    fields: [{ ...reasonField('What is broken', 'Announced to everyone, and looked at afterwards', false), initial: reason }, codeField()],
  };
}

export function codeField(): Extract<FormField, { type: 'input' }> {
  return {
    type: 'input',
    name: 'code',
    label: 'Code (empty: confirm with a passkey)',
    placeholder: 'Six digits of your authenticator app',
    initial: null,
    optional: true,
    multiline: false,
    isOneTimeCode: true,
  };
}

function reasonField(label: string, placeholder: string, optional: boolean): Extract<FormField, { type: 'input' }> {
  return { type: 'input', name: 'reason', label, placeholder, initial: null, optional, multiline: true };
}

function titleOf({ app, environment, version }: Named): string {
  return `${app} ${environment} ${version}`;
}

/** What was typed into a field; null for nothing. */
export function typed(values: Readonly<Record<string, string>>, name: string): string | null {
  const text = (values[name] ?? '').trim();
  return text === '' ? null : text.slice(0, name === 'reason' ? INPUT_LIMITS.reasonLength : undefined);
}
