import type { SecretTarget } from '../domain/secret.ts';

/**
 * What sealed bytes are bound to, by the row that holds them: bytes moved to another row do not open. Whoever seals and
 * whoever seals anew under another key must say the same, so it is said here.
 */
export function secretBinding({ app, environment, name }: SecretTarget, version: number): string {
  return `secret/${app}/${environment}/${name}/${version}`;
}

export function parkedSecretBinding({ id, app, environment, name, personId }: SecretTarget & { id: string; personId: string }): string {
  return `secret-parked/${id}/${app}/${environment}/${name}/${personId}`;
}

/** The shared secret of an authenticator app. */
export function factorBinding(factor: { readonly id: string; readonly personId: string }): string {
  return `factor/${factor.personId}/${factor.id}`;
}

/** The same while it waits for its first code, on the page of one link. */
export function pendingFactorBinding(link: { readonly id: string; readonly personId: string }): string {
  return `factor-pending/${link.personId}/${link.id}`;
}

export function configurationBinding(sha: string): string {
  return `configuration/${sha}`;
}

/** `asked`: what was asked and by whom; `handle`: what it can be answered by. */
export function intakeBinding({ platform, deliveryId }: { platform: string; deliveryId: string }, part: 'asked' | 'handle'): string {
  return `intake:${platform}:${deliveryId}:${part}`;
}

/** A message is found by its key, or by its id if it has none; opened for another reader it does not open at all. */
export function messageBinding(message: {
  readonly id: string;
  readonly platform: string;
  readonly channel: string;
  readonly key: string | null;
  readonly privateTo: string | null;
}): string {
  const { id, platform, channel, key, privateTo } = message;
  return `message/${JSON.stringify([platform, channel, key ?? '', (key ?? '') === '' ? id : '', privateTo ?? ''])}`;
}

/** A token sealed for one workspace opens for no other. */
export function installationBinding(platform: string, workspace: string): string {
  return `${platform}-installation:${workspace}`;
}

/** Contents are found by their fingerprint, whichever release they belong to. */
export function releaseContentBinding(fingerprint: string): string {
  return fingerprint;
}
