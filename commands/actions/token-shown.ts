import type { ActionDefinition } from '../../src/chat/command.ts';
import { refusal } from '../../src/domain/refusal.ts';
import { createdTokenView } from '../../src/views/tokens.ts';
import type { App } from '../app.ts';
import { privately, refused } from '../replies.ts';
import { TOKEN_SHOWN } from '../token.ts';

/** The form that showed a token was closed: what it is good for stays, the token does not. */
export const tokenShown: ActionDefinition<App> = {
  verb: TOKEN_SHOWN,
  async handle(useCases, id, _values, { person }) {
    const token = (await useCases.listTokens({ person })).find((candidate) => candidate.id === id);
    return token === undefined ? refused(refusal('unknown_token', 'There is no such token of yours.')) : privately(createdTokenView(token));
  },
};
