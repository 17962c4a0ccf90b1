import type { ActionDefinition } from '../../src/chat/command.ts';
import { isRefusal, refusal } from '../../src/domain/refusal.ts';
import { parseScopeId } from '../../src/domain/scope.ts';
import { unlockedView } from '../../src/views/locks.ts';
import type { App } from '../app.ts';
import { publicly, refused, sourceOf } from '../replies.ts';

/** The button beside one's own locks; `id` is the scope's. */
export const unlockScope: ActionDefinition<App> = {
  verb: 'unlock',
  async handle(useCases, id, _values, context) {
    const { person } = context;
    const scope = parseScopeId(id);
    if (scope === null) return refused(refusal('invalid_arguments', 'This button is not one of ours.', 'Type /locks.'));
    const released = await useCases.unlockEnvironment({ person, scope, source: sourceOf(context) });
    return isRefusal(released) ? refused(released) : publicly(scope.app, unlockedView(released, person));
  },
};
