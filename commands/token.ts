import { z } from 'zod';
import { formatAction } from '../src/chat/action-id.ts';
import type { CommandContext, Reply } from '../src/chat/command.ts';
import type { Form } from '../src/chat/message.ts';
import { TOKEN_PERMISSIONS, type TokenPermission } from '../src/domain/api-token.ts';
import { isFactorRequest } from '../src/domain/confirmation.ts';
import { DURATION_EXAMPLES, parseDuration } from '../src/domain/duration.ts';
import { isRefusal, refusal } from '../src/domain/refusal.ts';
import { revokedTokenView, tokensView } from '../src/views/tokens.ts';
import { type App, command } from './app.ts';
import { completeTarget } from './complete-target.ts';
import { askForFactor, privately, refused, sourceOf } from './replies.ts';

export const TOKEN_SHOWN = 'token-shown';
/** Of the button that asks for the code of a token that waits for it. */
export const TOKEN_CODE = 'token-code';
const USUAL_LIFE = '90d';
const NAME = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}$/;

const wordsOf = (text: string): readonly string[] =>
  text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((word) => word !== '');
const isPermission = (word: string): word is TokenPermission => TOKEN_PERMISSIONS.some((permission) => permission === word);

const names = (description: string) => z.string().trim().toLowerCase().max(200).optional().meta({ description });

export const token = command({
  name: 'token',
  summary: 'Make, list or revoke tokens for programs such as CI',
  schema: z.object({
    what: z.enum(['create', 'list', 'revoke']).meta({ description: 'What to do.' }),
    name: z
      .string()
      .trim()
      .regex(NAME, 'is not a name: use letters, digits, dots and dashes, at most 40')
      .optional()
      .meta({ description: 'What the token is called; to revoke one, its name or id.' }),
    app: names('The app or apps that it may touch, with commas.'),
    environment: names('The environment or environments, with commas.'),
    may: z
      .string()
      .trim()
      .refine((text) => wordsOf(text).every(isPermission), `must be of ${TOKEN_PERMISSIONS.join(', ')}, with commas`)
      .default('deploy,view')
      .meta({ description: `What it may do: ${TOKEN_PERMISSIONS.join(', ')}, with commas; deploy and view when left out.` }),
    for: z
      .string()
      .trim()
      .default(USUAL_LIFE)
      .meta({ description: `How long it is good for: ${DURATION_EXAMPLES}; ${USUAL_LIFE} when left out.` }),
  }),
  positional: ['what', 'name'],
  permission: null,
  changesEnvironment: false,
  opensForm: ({ what }) => what === 'create',
  examples: [
    {
      text: '/token create ci --app shop --environment staging --may deploy,view --for 90d',
      explains: 'shows it once, to you alone; with your second factor where it matters',
    },
    { text: '/token list', explains: 'yours, and those of the apps that you own: never the tokens themselves' },
    { text: '/token revoke ci', explains: 'from then on it is nothing' },
  ],
  complete: completeTarget,
  async handle(useCases, args, context) {
    if (args.what === 'list') return privately(tokensView(await useCases.listTokens({ person: context.person }), context.now));
    if (args.name === undefined) return refused(refusal('invalid_arguments', 'Which one?', `Type: /token ${args.what} <name>`));
    if (args.what === 'create') return create(useCases, { ...args, name: args.name }, context);
    const revoked = await useCases.revokeToken({ person: context.person, token: args.name, source: sourceOf(context) });
    return isRefusal(revoked) ? refused(revoked) : privately(revokedTokenView(revoked));
  },
});

type CreateArguments = { name: string; app?: string | undefined; environment?: string | undefined; may: string; for: string };

async function create(useCases: App, args: CreateArguments, context: CommandContext): Promise<Reply> {
  const apps = wordsOf(args.app ?? '');
  const environments = wordsOf(args.environment ?? '');
  const forMs = parseDuration(args.for);
  if (apps.length === 0 || environments.length === 0) {
    const usage = `Type: /token create ${args.name} --app <app> --environment <environment>`;
    return refused(refusal('invalid_arguments', 'A token is for certain apps and environments.', usage));
  }
  if (forMs === null) return refused(refusal('invalid_arguments', `“${args.for}” is no length of time.`, `Write ${DURATION_EXAMPLES}.`));
  const { platform, deliveryId, person } = context;
  const created = await useCases.createToken({
    person,
    name: args.name,
    scope: { apps, environments, permissions: wordsOf(args.may).filter(isPermission) },
    forMs,
    delivery: { platform, deliveryId },
    source: sourceOf(context),
  });
  if (isRefusal(created)) return refused(created);
  if (isFactorRequest(created)) return askForFactor(created, '/token create', { action: formatAction(TOKEN_CODE, created.wish) });
  return { kind: 'form', form: tokenForm(created.token.id, created.token.name, created.secret) };
}

/** A form, because it is shown to one person and kept nowhere; a message would stand in the database. */
export function tokenForm(id: string, name: string, secret: string): Form {
  return {
    action: formatAction(TOKEN_SHOWN, id),
    title: `Token ${name}`,
    submit: 'I have copied it',
    fields: [
      {
        type: 'input',
        name: 'token',
        label: 'Copy it now: it is not shown again',
        placeholder: '',
        initial: secret,
        optional: false,
        multiline: false,
        isSecret: true,
        isShownOnce: true,
      },
    ],
  };
}
