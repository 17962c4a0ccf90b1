import { isName } from './names.ts';

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

/** As people type it: `shop production`, `shop all`, `all production`, `all`. */
export function scopeWords({ app, environment }: Scope): string {
  if (environment === null) return app === null ? ALL : `${app} ${ALL}`;
  return `${app ?? ALL} ${environment}`;
}

/** Stands for every app or every environment, where one is named; nothing may be called so. */
export const ALL = 'all';

/** At the beginning of a sentence; names stay as they are. */
export function capitalized(name: string): string {
  return name.startsWith('every ') ? `E${name.slice(1)}` : name;
}

/** For a button; `_` is no name. */
export function scopeId({ app, environment }: Scope): string {
  return `${app ?? '_'}.${environment ?? '_'}`;
}

/** Null when it is no scope's. */
export function parseScopeId(id: string): Scope | null {
  const [app = '', environment = '', ...rest] = id.split('.');
  if (rest.length > 0 || ![app, environment].every((part) => part === '_' || isName(part))) return null;
  return { app: app === '_' ? null : app, environment: environment === '_' ? null : environment };
}
