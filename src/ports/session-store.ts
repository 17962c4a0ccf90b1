import type { WebSession } from '../domain/web-session.ts';

/** Sessions of the browser chat by the hash of their token. What has ended is not in it any more. */
export interface SessionStore {
  insert(session: WebSession, tokenHash: string): Promise<void>;
  /** Also one whose time is over, until somebody ends it. */
  findByHash(tokenHash: string): Promise<WebSession | null>;
  find(id: string): Promise<WebSession | null>;
  /** Last seen first. */
  ofPerson(personId: string): Promise<readonly WebSession[]>;
  /** Not more often than `everyMs`: a busy page must not write a row each time. */
  markSeen(id: string, at: number, everyMs: number): Promise<void>;
  /** Ends one and returns it; null when it is gone already. Of several at once one gets it. */
  end(id: string): Promise<WebSession | null>;
  /** Ends all of a person but `except`. */
  endOf(personId: string, except: string | null): Promise<readonly WebSession[]>;
  /** Ends those whose time is over: their last one, or not seen since `idleSince`. */
  endOver(now: number, idleSince: number): Promise<readonly WebSession[]>;
}
