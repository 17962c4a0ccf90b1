import type { ActionDefinition } from '../../src/chat/command.ts';
import { isFactorRequest } from '../../src/domain/confirmation.ts';
import { isRefusal, refusal } from '../../src/domain/refusal.ts';
import { createdTokenView, readyTokenView } from '../../src/views/tokens.ts';
import type { App } from '../app.ts';
import { codeForm, codeProof, noCode } from '../factor-form.ts';
import { askForFactor, privately, refused, sourceOf } from '../replies.ts';
import { TOKEN_CODE, TOKEN_SHOWN, tokenForm } from '../token.ts';

const TOKEN_DO = 'token-do';

/** Opens the form for the code; `id` is that of the token that waits for it. */
export const tokenCode: ActionDefinition<App> = {
  verb: TOKEN_CODE,
  opensForm: true,
  handle: async (_useCases, id) => ({ kind: 'form', form: codeForm(`${TOKEN_DO}:${id}`, 'New token') }),
};

/** That form, sent. The token is made when its maker looks: not every platform answers a form with another one. */
export const tokenDo: ActionDefinition<App> = {
  verb: TOKEN_DO,
  async handle(useCases, id, values, context) {
    const proof = codeProof(values);
    if (proof === null) return refused(noCode());
    const confirmed = await useCases.confirmToken({ person: context.person, wish: id, proof, source: sourceOf(context) });
    if (isRefusal(confirmed)) return refused(confirmed);
    if (isFactorRequest(confirmed)) return askForFactor(confirmed, '/token create');
    return privately(readyTokenView(confirmed));
  },
};

/** Makes the token and shows it, once. */
export const tokenShow: ActionDefinition<App> = {
  verb: 'token-show',
  opensForm: true,
  async handle(useCases, id, _values, context) {
    const shown = await useCases.showToken({ person: context.person, wish: id, source: sourceOf(context) });
    return isRefusal(shown) ? refused(shown) : { kind: 'form', form: tokenForm(shown.token.id, shown.token.name, shown.secret) };
  },
};

/** The form that showed a token was closed: what it is good for stays, the token does not. */
export const tokenShown: ActionDefinition<App> = {
  verb: TOKEN_SHOWN,
  async handle(useCases, id, _values, { person }) {
    const token = (await useCases.listTokens({ person })).find((candidate) => candidate.id === id);
    return token === undefined ? refused(refusal('unknown_token', 'There is no such token of yours.')) : privately(createdTokenView(token));
  },
};
