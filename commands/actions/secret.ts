import type { ActionDefinition, Reply } from '../../src/chat/command.ts';
import { isFactorRequest } from '../../src/domain/confirmation.ts';
import { isRefusal, refusal } from '../../src/domain/refusal.ts';
import { confirmSecretView, writtenSecretView } from '../../src/views/secrets.ts';
import type { App } from '../app.ts';
import { cardOf, originOf, privately, refused, sourceOf } from '../replies.ts';
import { parseTargetId, removalForm, SECRET_REMOVE, SECRET_SET } from '../secret-form.ts';

const unreadable = refused(refusal('invalid_arguments', 'That form cannot be read.', 'Type /secret set <app> <environment> <NAME>.'));

/** The submitted form of `/secret set`. */
export const secretSet: ActionDefinition<App> = {
  verb: SECRET_SET,
  async handle(useCases, id, values, context) {
    const target = parseTargetId(id);
    if (target === null) return unreadable;
    const { platform, deliveryId, person } = context;
    const written = await useCases.setSecret({
      person,
      ...target,
      name: (values['name'] ?? '').trim(),
      value: values['value'] ?? '',
      code: codeOf(values),
      delivery: { platform, deliveryId },
      source: sourceOf(context),
    });
    return answer(written);
  },
};

/** The button of `/secret remove`; its id is that of the version that was shown. Where a code is asked for, it opens a form first. */
export const secretRemove: ActionDefinition<App> = {
  verb: SECRET_REMOVE,
  async handle(useCases, id, values, context) {
    return answer(await useCases.removeSecret({ person: context.person, id, code: codeOf(values), source: sourceOf(context) }));
  },
};

/** The same button in a protected environment. */
export const secretRemoveAsk: ActionDefinition<App> = {
  verb: 'secret-remove-ask',
  opensForm: true,
  handle: (_useCases, id) => Promise.resolve({ kind: 'form', form: removalForm(id, 'the secret') }),
};

/** Delivers what was set: the version that runs, deployed again. */
export const secretDeploy: ActionDefinition<App> = {
  verb: 'secret-deploy',
  async handle(useCases, id, _values, context) {
    const target = parseTargetId(id);
    if (target === null) return unreadable;
    const request = { person: context.person, ...target, version: null, reason: 'secrets changed', origin: originOf(context) };
    return cardOf(await useCases.requestDeployment(request));
  },
};

function answer(written: Awaited<ReturnType<App['setSecret']>>): Reply {
  if (isRefusal(written)) return refused(written);
  return privately(isFactorRequest(written) ? confirmSecretView(written) : writtenSecretView(written));
}

function codeOf(values: Readonly<Record<string, string>>): string | null {
  const code = (values['code'] ?? '').trim();
  return code === '' ? null : code;
}
