import type { Person } from './deployment.ts';

/** A deployment that went past its approvals in an incident; open until somebody else has looked at it. */
export type BrokenGlass = {
  readonly deploymentId: string;
  readonly app: string;
  readonly environment: string;
  readonly by: Person;
  readonly reason: string;
  readonly at: number;
  readonly signedOff: { readonly by: Person; readonly at: number; readonly note: string | null } | null;
};
