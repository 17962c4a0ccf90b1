import type { Person } from '../domain/deployment.ts';
import type { WebSession } from '../domain/web-session.ts';

/** Who is signed in at the browser chat. Every start and end writes its audit record in the same transaction. */
export interface WebSessions {
  /** `token` is for the browser's cookie alone. Whatever session the browser had before (`replaces`, its token) is over. */
  begin(person: Person, browser: { readonly userAgent: string | undefined; readonly replaces: string | null }): Promise<BegunSession>;
  /** Null for a token that is not ours, and for a session that is over. Being asked for is being seen. */
  find(token: string): Promise<WebSession | null>;
  /** A page of it is open: it is seen. False when it is over. */
  seen(id: string): Promise<boolean>;
  /** Those in force, last seen first. */
  ofPerson(personId: string): Promise<readonly WebSession[]>;
  signOut(session: WebSession): Promise<void>;
  /** One of the person's own; false when they have none with this id. */
  end(personId: string, id: string): Promise<boolean>;
  /** All of the person's own but `except`; how many they were. */
  endOthers(personId: string, except: string | null): Promise<number>;
  /** Calls back with the id of each session that ended, in whatever process; `'*'` means that any may have. */
  onEnd(callback: (id: string) => void): Promise<{ stop(): Promise<void> }>;
}

export type BegunSession = { readonly token: string; readonly session: WebSession };
