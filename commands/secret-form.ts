import { formatAction } from '../src/chat/action-id.ts';
import type { Form, FormField } from '../src/chat/message.ts';
import { codeField } from './approval-forms.ts';

export const SECRET_SET = 'secret-set';
export const SECRET_REMOVE = 'secret-remove';

type Wish = { readonly app: string; readonly environment: string; readonly name: string | null; readonly asksFactor: boolean };

/** Asks for a value that is typed nowhere else. Its id says for where: the name is a field, because it may be a new one. */
export function secretForm({ app, environment, name, asksFactor }: Wish): Form {
  return {
    action: formatAction(SECRET_SET, targetId(app, environment)),
    title: `Secret of ${app} ${environment}`,
    submit: 'Save',
    fields: [
      { ...input('name', 'Name', 'DB_URL'), initial: name },
      { ...input('value', 'Value', 'Nobody is shown this again'), multiline: true, isSecret: true },
      ...(asksFactor ? [CODE] : []),
    ],
  };
}

/** For platforms where a confirmation is a form: a code for the removal in a protected environment. */
export function removalForm(id: string, what: string): Form {
  return { action: formatAction(SECRET_REMOVE, id), title: `Remove ${what}`, submit: 'Remove', fields: [CODE] };
}

const CODE: FormField = { ...codeField(), isSecret: true };

/** Names of apps and environments have no dots. */
function targetId(app: string, environment: string): string {
  return `${app}.${environment}`;
}

export function parseTargetId(id: string): { readonly app: string; readonly environment: string } | null {
  const [app = '', environment = '', ...rest] = id.split('.');
  return app !== '' && environment !== '' && rest.length === 0 ? { app, environment } : null;
}

function input(name: string, label: string, placeholder: string): Extract<FormField, { type: 'input' }> {
  return { type: 'input', name, label, placeholder, initial: null, optional: false, multiline: false };
}
