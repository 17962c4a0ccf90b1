/** Names people type: apps, environments, services. One rule, so that every derived name is valid on the engine too. */

/** Lower-case letters, digits and inner dashes; at most 32 characters. */
export const NAME_PATTERN = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;

/** A version is what a person types after the environment; it ends up in an image tag, so the tag grammar of the Distribution reference applies. */
export const VERSION_PATTERN = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

export function isName(value: string): boolean {
  return NAME_PATTERN.test(value);
}

export function isVersion(value: string): boolean {
  return VERSION_PATTERN.test(value);
}

/** The stack is an app in an environment as the engine sees it. */
export function stackName(app: string, environment: string): string {
  return `${app}-${environment}`;
}
