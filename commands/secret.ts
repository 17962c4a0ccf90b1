import { z } from 'zod';
import type { CommandContext, Reply } from '../src/chat/command.ts';
import { isRefusal, refusal } from '../src/domain/refusal.ts';
import { isSecretName } from '../src/domain/secret.ts';
import { removalQuestion, secretHistoryView, secretListView } from '../src/views/secrets.ts';
import { type App, command } from './app.ts';
import { app, environment } from './arguments.ts';
import { completeTarget } from './complete-target.ts';
import { privately, refused } from './replies.ts';
import { secretForm } from './secret-form.ts';

const name = z
  .string()
  .trim()
  .refine(isSecretName, 'is not a name for a secret: use letters, digits and underscores, at most 64')
  .optional()
  .meta({ description: 'Its name, as the Compose file says it: DB_URL. The value is asked for in a form.' });

type Asked = { readonly app: string; readonly environment: string; readonly name?: string | undefined };

export const secret = command({
  name: 'secret',
  summary: 'Set, list or remove the secrets of an app in an environment',
  schema: z.object({
    what: z.enum(['set', 'list', 'remove', 'history']).meta({ description: 'What to do. Nothing shows a value.' }),
    app,
    environment,
    name,
  }),
  positional: ['what', 'app', 'environment', 'name'],
  permission: 'secret',
  changesEnvironment: false,
  conceals: true,
  opensForm: ({ what }) => what === 'set',
  examples: [
    { text: '/secret set shop staging DB_URL', explains: 'asks for the value in a form that only you see' },
    { text: '/secret list shop staging', explains: 'names, versions, when and by whom' },
    { text: '/secret remove shop staging DB_URL', explains: 'says who uses it and asks before it is removed' },
    { text: '/secret history shop staging', explains: 'who wrote what when' },
  ],
  complete: async (useCases, argument, typed, context) =>
    argument === 'name'
      ? (await useCases.suggestSecrets(context.person, typed['app'] ?? '', typed['environment'] ?? '')).map((value) => ({
          value,
          label: '',
        }))
      : completeTarget(useCases, argument, typed, context),
  async handle(useCases, { what, ...asked }, context) {
    switch (what) {
      case 'set':
        return askForValue(useCases, asked, context);
      case 'list':
        return list(useCases, asked, context);
      case 'remove':
        return askToRemove(useCases, asked, context);
      case 'history':
        return history(useCases, asked, context);
      default:
        return what satisfies never;
    }
  },
});

async function askForValue(useCases: App, asked: Asked, { person }: CommandContext): Promise<Reply> {
  const prepared = await useCases.prepareSecret({ person, ...asked });
  return isRefusal(prepared) ? refused(prepared) : { kind: 'form', form: secretForm({ ...asked, name: asked.name ?? null, ...prepared }) };
}

async function list(useCases: App, asked: Asked, { person, now }: CommandContext): Promise<Reply> {
  const secrets = await useCases.listSecrets({ person, ...asked });
  return isRefusal(secrets) ? refused(secrets) : privately(secretListView(asked, secrets, now));
}

async function askToRemove(useCases: App, { name: given, ...asked }: Asked, { person, now }: CommandContext): Promise<Reply> {
  if (given === undefined) {
    const where = `${asked.app} ${asked.environment}`;
    return refused(
      refusal('invalid_arguments', 'Which secret?', `Type: /secret remove ${where} <NAME>. /secret list ${where} shows them.`),
    );
  }
  const planned = await useCases.planSecretRemoval({ person, ...asked, name: given });
  return isRefusal(planned) ? refused(planned) : privately(removalQuestion(planned, now));
}

async function history(useCases: App, { name: given, ...asked }: Asked, { person, now }: CommandContext): Promise<Reply> {
  const versions = await useCases.readSecretHistory({ person, ...asked, name: given ?? null });
  return isRefusal(versions) ? refused(versions) : privately(secretHistoryView(asked, versions, now));
}
