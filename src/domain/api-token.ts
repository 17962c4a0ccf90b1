import type { Person } from './deployment.ts';
import type { Permission } from './permissions.ts';

/** What a machine can be allowed: to look, to propose, to take back. Nothing that decides about others. */
export const TOKEN_PERMISSIONS = ['view', 'plan', 'logs', 'deploy', 'rollback', 'cancel'] as const satisfies readonly Permission[];
export type TokenPermission = (typeof TOKEN_PERMISSIONS)[number];

export type TokenScope = {
  readonly apps: readonly string[];
  readonly environments: readonly string[];
  readonly permissions: readonly TokenPermission[];
};

/** An API token as it is kept: everything but the token. Times are epoch milliseconds. */
export type ApiToken = {
  readonly id: string;
  readonly name: string;
  /** It has their roles, narrowed by its scope. */
  readonly maker: Person;
  readonly scope: TokenScope;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly revoked: { readonly at: number; readonly by: Person } | null;
  readonly lastUsedAt: number | null;
};

export type TokenUse = {
  readonly app: string;
  /** Null: of the app as a whole; then it is enough that the app is in scope. */
  readonly environment: string | null;
  readonly permission: Permission;
};

/** Is it in force? Null when it is. */
export function whyOver({ revoked, expiresAt }: Pick<ApiToken, 'revoked' | 'expiresAt'>, now: number): 'revoked' | 'expired' | null {
  if (revoked !== null) return 'revoked';
  return expiresAt <= now ? 'expired' : null;
}

/** Its scope alone; whoever asks must also ask whether the human behind it may. */
export function isInScope({ apps, environments, permissions }: TokenScope, { app, environment, permission }: TokenUse): boolean {
  return (
    apps.includes(app) &&
    (environment === null || environments.includes(environment)) &&
    permissions.some((allowed) => allowed === permission)
  );
}
