import type { Person } from '../domain/deployment.ts';
import type { Role } from '../domain/permissions.ts';

/** Roles that were given in chat, beside those in `shipmate.yml`. */
export interface AccessStore {
  /** From here on changes of this app's roles follow one another, to the end of the transaction. */
  lock(app: string): Promise<void>;
  /** All that hold now. */
  grants(nowMs: number): Promise<readonly RoleGrant[]>;
  grant(grant: RoleGrant): Promise<void>;
  /** False when there was none. */
  revoke(app: string, personId: string, role: Role): Promise<boolean>;
  askChange(change: RoleChange): Promise<void>;
  /** Locked to the end of the transaction; null when there is none. */
  lockChange(id: string): Promise<RoleChange | null>;
  decideChange(id: string, state: 'done' | 'refused', by: Person, atMs: number): Promise<void>;
  openChanges(app: string, nowMs: number): Promise<readonly RoleChange[]>;
}

export type RoleGrant = {
  readonly app: string;
  readonly personId: string;
  readonly role: Role;
  readonly grantedBy: Person;
  readonly grantedAt: number;
  readonly expiresAt: number | null;
};

/** A change that a second person has to agree to. */
export type RoleChange = {
  readonly id: string;
  readonly app: string;
  readonly personId: string;
  readonly role: Role;
  readonly change: 'grant' | 'revoke';
  /** With their groups of then, by which their right to ask is looked at again. */
  readonly askedBy: Person;
  readonly askedAt: number;
  /** Until when it can be agreed to. */
  readonly expiresAt: number;
  /** Until when the role holds then; null: until it is taken away. */
  readonly grantUntil: number | null;
  readonly state: 'open' | 'done' | 'refused';
};
