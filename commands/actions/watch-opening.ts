import type { ActionDefinition } from '../../src/chat/command.ts';
import { isRefusal, refusal } from '../../src/domain/refusal.ts';
import { parseScopeId } from '../../src/domain/scope.ts';
import { openingView } from '../../src/views/opening.ts';
import type { App } from '../app.ts';
import { privately, refused, sourceOf } from '../replies.ts';

/** “Tell me when it opens”, on the refusal of a deployment; `id` is `app.environment`. */
export const watchOpening: ActionDefinition<App> = {
  verb: 'watch-opening',
  async handle(useCases, id, _values, context) {
    const { app, environment } = parseScopeId(id) ?? { app: null, environment: null };
    if (app === null || environment === null) return refused(refusal('invalid_arguments', 'This button is not one of ours.', null));
    const watched = await useCases.watchOpening({ person: context.person, app, environment, source: sourceOf(context) });
    return isRefusal(watched) ? refused(watched) : privately(openingView(app, environment, watched));
  },
};
