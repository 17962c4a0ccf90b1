/** What a lock or a freeze holds for. `app` null: every app; `environment` null: every environment of it. */
export type Scope = { readonly app: string | null; readonly environment: string | null };

export type Target = { readonly app: string; readonly environment: string };

export function covers(scope: Scope, target: Target): boolean {
  return (scope.app === null || scope.app === target.app) && (scope.environment === null || scope.environment === target.environment);
}

export function isSameScope(a: Scope, b: Scope): boolean {
  return a.app === b.app && a.environment === b.environment;
}

/** `shop production`, `shop (every environment)`, `production of every app`, `every app`. */
export function scopeName({ app, environment }: Scope): string {
  if (app === null) return environment === null ? 'every app' : `${environment} of every app`;
  return environment === null ? `${app} (every environment)` : `${app} ${environment}`;
}

/** As audit records name it: `shop/production`, with `*` for all. */
export function scopeSubject({ app, environment }: Scope): string {
  return `${app ?? '*'}/${environment ?? '*'}`;
}
