import { formatAction } from '../src/chat/action-id.ts';
import type { CommandContext } from '../src/chat/command.ts';
import { INPUT_LIMITS } from '../src/chat/limits.ts';
import type { Form, FormField } from '../src/chat/message.ts';
import type { App } from './app.ts';

/** The verb of its submission; the id says nothing, what was chosen comes with the values. */
export const DEPLOY_FORM = { verb: 'deploy-form', id: 'new' } as const;

/** `/deploy` alone: pickers for what and where, with the person's own apps only. */
export async function deployForm(useCases: App, { person }: CommandContext): Promise<Form> {
  const apps = await useCases.suggestApps(person);
  const environments = await Promise.all(apps.map((app) => useCases.suggestEnvironments(person, app)));
  return {
    action: formatAction(DEPLOY_FORM.verb, DEPLOY_FORM.id),
    title: 'Deploy',
    submit: 'Deploy',
    fields: [
      select('app', 'App', apps),
      select('environment', 'Environment', [...new Set(environments.flat())]),
      { ...text('version', 'Version', 'What runs now, or the definition’s default'), completes: '/deploy {app} {environment} ' },
      text('reason', 'Reason', 'Why, for the card and the history'),
    ],
  };
}

function select(name: string, label: string, values: readonly string[]): FormField {
  const options = values.slice(0, INPUT_LIMITS.formOptions).map((value) => ({ value, label: value }));
  return { type: 'select', name, label, options, initial: values.length === 1 ? (values[0] ?? null) : null, optional: false };
}

function text(name: string, label: string, placeholder: string): Extract<FormField, { type: 'input' }> {
  return { type: 'input', name, label, placeholder, initial: null, optional: true, multiline: false };
}
