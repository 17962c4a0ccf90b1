import type { ActionDefinition } from '../../src/chat/command.ts';
import { refusal } from '../../src/domain/refusal.ts';
import type { App } from '../app.ts';
import { deploy } from '../deploy.ts';
import { DEPLOY_FORM } from '../deploy-form.ts';
import { refused } from '../replies.ts';

/** The submitted form of `/deploy`: the same as the typed command, checked by the same schema. */
export const deployFormSubmitted: ActionDefinition<App> = {
  verb: DEPLOY_FORM.verb,
  async handle(useCases, _id, values, context) {
    const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ''));
    const bound = deploy.bind(given);
    if (bound.ok) return bound.run(useCases, context);
    const problems = bound.problems.map(({ argument, isMissing, message }) => `${argument}: ${isMissing ? 'is missing' : message}`);
    return refused(refusal('invalid_arguments', 'That form cannot be read.', 'Correct it, or type /deploy <app> <environment>.', problems));
  },
};
