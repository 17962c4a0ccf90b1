import type { ActionDefinition } from '../../src/chat/command.ts';
import type { App } from '../app.ts';
import { codeForm, codeProof, noCode } from '../factor-form.ts';
import { issueCode } from '../link.ts';
import { refused } from '../replies.ts';

/** Opens the form for the code of one's authenticator app. */
export const linkCode: ActionDefinition<App> = {
  verb: 'link-code',
  opensForm: true,
  handle: async () => ({ kind: 'form', form: codeForm('link-do:own', 'Link another account') }),
};

/** That form, sent. */
export const linkDo: ActionDefinition<App> = {
  verb: 'link-do',
  async handle(useCases, _id, values, context) {
    const proof = codeProof(values);
    return proof === null ? refused(noCode()) : issueCode(useCases, proof, context);
  },
};
