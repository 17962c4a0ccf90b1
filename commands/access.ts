import { z } from 'zod';
import { formatAction } from '../src/chat/action-id.ts';
import type { CommandContext, Completion, Reply } from '../src/chat/command.ts';
import { didYouMean } from '../src/chat/did-you-mean.ts';
import { isFactorRequest, type Proof } from '../src/domain/confirmation.ts';
import type { Person } from '../src/domain/deployment.ts';
import { DURATION_EXAMPLES, parseDuration } from '../src/domain/duration.ts';
import { ROLES } from '../src/domain/permissions.ts';
import { isRefusal, type Refusal, refusal } from '../src/domain/refusal.ts';
import { accessView, changedAccessView } from '../src/views/access.ts';
import { ACCESS_FORM, type AccessStep, formatAccessStep } from './access-step.ts';
import { type App, command } from './app.ts';
import { codeField } from './approval-forms.ts';
import { app } from './arguments.ts';
import { completeTarget } from './complete-target.ts';
import { askForFactor, privately, refused, sourceOf } from './replies.ts';

const CHANGES = ['grant', 'revoke'] as const;
const LONGEST_MS = 366 * 86_400_000;
const LENGTHS = ['1h', '8h', '1d', '1w'];

export const access = command({
  name: 'access',
  summary: 'Show who has which role in an app, and give or take away roles',
  schema: z.object({
    app,
    what: z
      .enum(CHANGES, `is one of ${CHANGES.join(', ')}`)
      .optional()
      .meta({ description: 'What to do; left out, you see who has which role.' }),
    who: z.string().trim().min(1).max(60, 'is too long').optional().meta({ description: 'A person of shipmate.yml, by id or name.' }),
    role: z
      .enum(ROLES, `is one of ${ROLES.join(', ')}`)
      .optional()
      .meta({ description: 'The role; what each may do stands in the documentation.' }),
    for: z
      .string()
      .trim()
      .optional()
      .meta({ description: `Of grant: how long, like ${DURATION_EXAMPLES}; until revoked when left out.` }),
  }),
  positional: ['app', 'what', 'who', 'role'],
  permission: 'view',
  changesEnvironment: false,
  opensForm: ({ what }) => what !== undefined,
  examples: [
    { text: '/access shop', explains: 'who has which role, and where from (only you see it)' },
    { text: '/access shop grant dana incident --for 8h', explains: 'gives a role for a shift, with your second factor' },
    { text: '/access shop revoke dana incident', explains: 'takes it away again' },
    { text: '/access shop grant adam owner', explains: 'another owner has to agree' },
  ],
  async complete(useCases, argument, typed, context) {
    switch (argument) {
      case 'what':
        return plain(CHANGES);
      case 'who':
        return (await useCases.suggestPeople(context.person)).map(({ id, name }) => ({ value: id, label: name }));
      case 'role':
        return plain(ROLES);
      case 'for':
        return plain(LENGTHS);
      default:
        return completeTarget(useCases, argument, typed, context);
    }
  },
  async handle(useCases, { app: name, what, who, role, for: length }, context) {
    const { person, now } = context;
    if (what === undefined) {
      const shown = await useCases.showAccess({ person, app: name });
      return isRefusal(shown) ? refused(shown) : privately(accessView(shown, now));
    }
    const line = `/access ${name} ${what}`;
    if (who === undefined) return refused(refusal('invalid_arguments', 'Whose role?', `Type: ${line} <person> <role>`));
    if (role === undefined) return refused(refusal('invalid_arguments', 'Which role?', `Type: ${line} ${who} ${ROLES.join(' | ')}`));
    const forMs = readLength(what, length);
    if (isRefusal(forMs)) return refused(forMs);
    const people = await useCases.suggestPeople(person);
    const target = idOf(who, people);
    const reply = await takeAccessStep(useCases, { what: 'change', app: name, target, role, change: what, forMs }, null, context);
    return withNearMiss(reply, who, people, (id) => `${line} ${id} ${role}`);
  },
});

/** First without a proof: whoever may not is told so before a form opens; whoever has codes gets one, others a page for their passkey. */
export async function takeAccessStep(useCases: App, step: AccessStep, proof: Proof | null, context: CommandContext): Promise<Reply> {
  const answer = await run(useCases, step, proof, context);
  if (isRefusal(answer)) return refused(answer);
  if (!isFactorRequest(answer)) return privately(changedAccessView(answer));
  const id = formatAccessStep(step);
  const { methods, summary } = answer.factorRequest;
  if (id === null || methods.every((method) => method === 'passkey')) return askForFactor(answer, 'a change of roles');
  return {
    kind: 'form',
    form: {
      action: formatAction(ACCESS_FORM, id),
      title: summary[0] ?? 'Change a role',
      submit: step.what === 'agree' ? 'Agree' : 'Confirm',
      fields: [codeField()],
    },
  };
}

/** The form was sent without a code: then it is the passkey. */
export async function askForPasskey(useCases: App, step: AccessStep, context: CommandContext): Promise<Reply> {
  const answer = await run(useCases, step, null, context);
  if (isRefusal(answer)) return refused(answer);
  return isFactorRequest(answer) ? askForFactor(answer, 'a change of roles') : privately(changedAccessView(answer));
}

function run(useCases: App, step: AccessStep, proof: Proof | null, context: CommandContext) {
  const request = { person: context.person, proof, source: sourceOf(context) };
  return step.what === 'agree'
    ? useCases.decideAccessChange({ ...request, change: step.request, decision: 'agree' })
    : useCases.changeAccess({ ...request, ...step });
}

function readLength(what: (typeof CHANGES)[number], length: string | undefined): number | null | Refusal {
  if (length === undefined) return null;
  if (what === 'revoke') return refusal('invalid_arguments', 'A role is taken away at once.', 'Leave --for out.');
  const forMs = parseDuration(length);
  if (forMs === null) return refusal('invalid_arguments', `“${length}” is no length of time.`, `Write it like ${DURATION_EXAMPLES}.`);
  return forMs <= LONGEST_MS
    ? forMs
    : refusal('invalid_arguments', 'That is longer than a year.', 'Leave --for out to give it until revoked.');
}

/** By id, or by a name that only one has; else as it was typed. */
function idOf(who: string, people: readonly Person[]): string {
  const wanted = who.replace(/^@/, '').toLowerCase();
  const named = people.filter(({ name }) => name.toLowerCase() === wanted);
  return people.find(({ id }) => id === wanted)?.id ?? (named.length === 1 ? named[0]?.id : undefined) ?? wanted;
}

function withNearMiss(reply: Reply, who: string, people: readonly Person[], line: (id: string) => string): Reply {
  if (reply.kind !== 'refusal' || reply.refusal.refused !== 'unknown_person') return reply;
  const meant = didYouMean(
    who.replace(/^@/, ''),
    people.flatMap(({ id, name }) => [id, name]),
  );
  const near = meant === null ? undefined : people.find(({ id, name }) => id === meant || name === meant);
  const known = people.slice(0, 6).map(({ id }) => id);
  const hint =
    near === undefined
      ? `People: ${known.join(', ')}${people.length > known.length ? ' …' : ''}.`
      : `Did you mean ${near.name}? Type: ${line(near.id)}`;
  return refused({ ...reply.refusal, hint });
}

function plain(values: readonly string[]): readonly Completion[] {
  return values.map((value) => ({ value, label: '' }));
}
