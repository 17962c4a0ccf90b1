import type { ActionDefinition } from '../../src/chat/command.ts';
import type { App } from '../app.ts';
import { deployForm } from '../deploy-form.ts';

/** A button that opens the form of `/deploy`. */
export const deployAsk: ActionDefinition<App> = {
  verb: 'deploy-ask',
  opensForm: true,
  handle: async (useCases, _id, _values, context) => ({ kind: 'form', form: await deployForm(useCases, context) }),
};
