import type { ChatCore, Conversations } from '../../src/chat/chat-core.ts';
import type { Person } from '../../src/domain/deployment.ts';
import type { FactorPages } from '../../src/ports/factor-pages.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { WebSessions } from '../../src/ports/web-sessions.ts';

export type WebChatOptions = {
  readonly core: ChatCore;
  readonly conversations: Conversations;
  readonly mode: WebChatMode;
  readonly logger: Logger;
  /** Shown above the channels. */
  readonly workspaceName: string;
  /** Who is signed in; kept over restarts, otherwise everyone is signed out. */
  readonly sessions: WebSessions;
  /** The public address; `https:` makes the cookie Secure. Null when it is served on plain local addresses only. */
  readonly publicUrl: string | null;
  /** Who a bearer token belongs to; compares in constant time. Without it no token is accepted. */
  readonly authenticate?: (token: string) => Promise<Person | null>;
  /** The pages behind private links, for second factors; without them there are none. */
  readonly factorPages?: FactorPages;
  /** The platform name under which messages are kept. Default `web`. */
  readonly platform?: string;
  readonly heartbeatMs?: number;
  /** Requests a minute and person; completion and history count too. Default 240, of which 60 may write. */
  readonly requestsPerMinute?: number;
  readonly writesPerMinute?: number;
  readonly now?: () => number;
};

export type WebChatMode =
  /** Anyone who reaches the page chooses who to be. Only for one's own machine. */
  | { readonly kind: 'development' }
  /** `redeemSignIn` turns a one-time code into a person, once. */
  | { readonly kind: 'production'; readonly redeemSignIn: (code: string) => Promise<Person | null> };

/** The options with their defaults filled in, as the routes use them. */
export type WebChat = Required<Omit<WebChatOptions, 'authenticate' | 'factorPages'>> & Pick<WebChatOptions, 'authenticate' | 'factorPages'>;

export function withDefaults(options: WebChatOptions): WebChat {
  return { platform: 'web', heartbeatMs: 15_000, requestsPerMinute: 240, writesPerMinute: 60, now: Date.now, ...options };
}
