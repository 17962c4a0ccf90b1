import type { ActionDefinition } from '../../src/chat/command.ts';
import { isFactorRequest } from '../../src/domain/confirmation.ts';
import { isRefusal, refusal } from '../../src/domain/refusal.ts';
import type { App } from '../app.ts';
import { BREAK_GLASS_FORM, typed } from '../approval-forms.ts';
import { codeProof } from '../factor-form.ts';
import { askForFactor, cardOf, originOf, refused } from '../replies.ts';

const AGAIN = 'Type /break-glass again, and fill in the code of your authenticator app and the reason.';

/** The submitted form of `/break-glass`; its id is `app.environment.version`. */
export const breakGlassSubmitted: ActionDefinition<App> = {
  verb: BREAK_GLASS_FORM,
  async handle(useCases, id, values, context) {
    const [app = '', environment = '', ...rest] = id.split('.');
    const version = rest.join('.');
    if (app === '' || environment === '' || version === '') {
      return refused(refusal('invalid_arguments', 'That form cannot be read.', 'Type /break-glass <app> <environment> <version>.'));
    }
    const broken = await useCases.breakGlass({
      person: context.person,
      app,
      environment,
      version,
      reason: typed(values, 'reason') ?? '',
      proof: codeProof(values),
      origin: originOf(context),
    });
    if (isFactorRequest(broken)) return askForFactor(broken, 'breaking the glass', { words: AGAIN });
    return isRefusal(broken) ? refused(broken) : cardOf(broken);
  },
};
