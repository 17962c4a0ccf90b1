import { z } from 'zod';
import type { CommandContext, Completion } from '../src/chat/command.ts';
import { approvalsView } from '../src/views/approvals.ts';
import { type App, command } from './app.ts';
import { askToDecide, decide } from './decide.ts';
import { privately } from './replies.ts';

const deployment = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[0-9a-z]{4,13}$/, 'is not an id: /approvals lists them')
  .meta({ description: 'The deployment’s id, as its card and /approvals show it.' });

const NO_CODE = 'The code of your authenticator app goes into the form that opens, never into the command.';

export const approve = command({
  name: 'approve',
  summary: 'Approve a deployment that waits for you, with your second factor',
  schema: z.object({ deployment }),
  positional: ['deployment'],
  permission: null,
  changesEnvironment: false,
  conceals: true,
  opensForm: () => true,
  examples: [{ text: '/approve 4kqz81x0', explains: NO_CODE }],
  complete: waiting,
  handle: (useCases, { deployment: id }, context) => askToDecide(useCases, id, 'approve', context),
});

export const reject = command({
  name: 'reject',
  summary: 'Reject a deployment that waits for approval, and say why',
  schema: z.object({
    deployment,
    reason: z
      .string()
      .trim()
      .min(1)
      .max(300, 'is too long: at most 300 characters')
      .optional()
      .meta({ description: 'Why; without it a form asks.' }),
  }),
  positional: ['deployment', 'reason'],
  permission: null,
  changesEnvironment: false,
  opensForm: ({ reason }) => reason === undefined,
  examples: [{ text: '/reject 4kqz81x0 "the migration is not reversible"', explains: 'ends it; its card says who and why' }],
  complete: waiting,
  handle: (useCases, { deployment: id, reason }, context) =>
    reason === undefined
      ? askToDecide(useCases, id, 'reject', context)
      : decide(useCases, { request: id, decision: 'reject', reason, proof: null }, context),
});

export const approvals = command({
  name: 'approvals',
  summary: 'List what waits for approval, and who can unblock it now',
  schema: z.object({}),
  positional: [],
  permission: null,
  changesEnvironment: false,
  examples: [{ text: '/approvals', explains: 'what you may decide about, and what you asked for (only you see it)' }],
  async handle(useCases, _args, { person }) {
    return privately(approvalsView(await useCases.listApprovals({ person })));
  },
});

async function waiting(
  useCases: App,
  argument: string,
  _typed: Readonly<Record<string, string>>,
  { person }: CommandContext,
): Promise<readonly Completion[]> {
  if (argument !== 'deployment') return [];
  const pending = await useCases.listApprovals({ person });
  return pending
    .filter(({ mayDecide }) => mayDecide)
    .map((one) => ({
      value: one.deployment.id,
      label: `${one.deployment.app} ${one.deployment.environment} ${one.deployment.version}`,
    }));
}
