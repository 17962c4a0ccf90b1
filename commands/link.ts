import { z } from 'zod';
import { formatAction } from '../src/chat/action-id.ts';
import type { CommandContext, Reply } from '../src/chat/command.ts';
import { isFactorRequest, type Proof } from '../src/domain/confirmation.ts';
import { isRefusal } from '../src/domain/refusal.ts';
import { linkCodeView, linkedView, unlinkedView } from '../src/views/people.ts';
import { type App, command } from './app.ts';
import { askForFactor, privately, refused, sourceOf } from './replies.ts';

export const link = command({
  name: 'link',
  summary: 'Prove that two accounts on different platforms are you',
  schema: z.object({
    code: z
      .string()
      .trim()
      .max(40, 'is too long for a code')
      .optional()
      .meta({ description: 'The code that /link gave you where you are known; without it you get one.' }),
  }),
  positional: ['code'],
  permission: null,
  changesEnvironment: false,
  examples: [
    { text: '/link', explains: 'a code, where you are known; with your second factor, if you have one' },
    { text: '/link ABCDE-23456', explains: 'where you are not: from here on that account is you' },
  ],
  async handle(useCases, { code }, context) {
    if (code === undefined) return issueCode(useCases, null, context);
    const linked = await useCases.finishLink({ person: context.person, code, source: sourceOf(context) });
    return isRefusal(linked) ? refused(linked) : privately(linkedView(linked.name));
  },
});

/** The code that speaks for whoever asks, with their second factor where they have one. */
export async function issueCode(useCases: App, proof: Proof | null, context: CommandContext): Promise<Reply> {
  const issued = await useCases.startLink({ person: context.person, proof, source: sourceOf(context) });
  if (isRefusal(issued)) return refused(issued);
  return isFactorRequest(issued)
    ? askForFactor(issued, '/link', { action: formatAction('link-code', 'own') })
    : privately(linkCodeView(issued.code, issued.expiresAt));
}

export const unlink = command({
  name: 'unlink',
  summary: 'Undo /link for the account you are typing with, or for another one of yours',
  schema: z.object({
    account: z
      .string()
      .trim()
      .max(80, 'is too long for an account')
      .optional()
      .meta({ description: 'Another account of yours, as /whoami shows it.' }),
  }),
  positional: ['account'],
  permission: null,
  changesEnvironment: false,
  examples: [
    { text: '/unlink', explains: 'this account is nobody’s again' },
    { text: '/unlink 118000000000000000', explains: 'that account is not yours any more' },
  ],
  async handle(useCases, { account }, context) {
    const ended = await useCases.unlink({ person: context.person, other: account ?? null, source: sourceOf(context) });
    return isRefusal(ended) ? refused(ended) : privately(unlinkedView());
  },
});
