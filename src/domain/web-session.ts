/** One browser in which a person is signed in. Times are epoch milliseconds. The token that its cookie holds is kept nowhere. */
export type WebSession = {
  readonly id: string;
  readonly personId: string;
  readonly createdAt: number;
  /** To the minute: it is not written with every request. */
  readonly lastSeenAt: number;
  /** It is over by then, however busy it is. */
  readonly endsAt: number;
  /** `Firefox on Linux`: for its owner to tell one from the other. */
  readonly browser: string;
};

/** A working day; then somebody signs in anew. */
export const SESSION_MS = 12 * 60 * 60_000;
/** Without any request and any open page for this long it is over. */
export const SESSION_IDLE_MS = 30 * 60_000;
/** Seen again within this time is not written down. */
export const SEEN_EVERY_MS = 60_000;

/** Why a session ended. */
export type SessionEnd = 'signed-out' | 'replaced' | 'by-owner' | 'by-admin' | 'factor-changed' | 'idle' | 'over';

/** Null while it is in force. */
export function whySessionOver({ lastSeenAt, endsAt }: WebSession, now: number): Extract<SessionEnd, 'idle' | 'over'> | null {
  if (now >= endsAt) return 'over';
  return now - lastSeenAt >= SESSION_IDLE_MS ? 'idle' : null;
}

/** Looked for in this order: browsers call themselves by each other's names, too. */
const BROWSERS = [
  ['Edg', 'Edge'],
  ['OPR/', 'Opera'],
  ['SamsungBrowser', 'Samsung Internet'],
  ['Firefox/', 'Firefox'],
  ['FxiOS', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['CriOS', 'Chrome'],
  ['Safari/', 'Safari'],
] as const;
const SYSTEMS = [
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Android', 'Android'],
  ['CrOS', 'ChromeOS'],
  ['Windows', 'Windows'],
  ['Mac OS X', 'Mac'],
  ['Linux', 'Linux'],
] as const;

/** What a `User-Agent` header says, in our own words: nothing of the header itself is kept or shown. */
export function describeBrowser(userAgent: string | undefined): string {
  const said = userAgent ?? '';
  const named = (words: readonly (readonly [string, string])[]) => words.find(([mark]) => said.includes(mark))?.[1];
  const browser = named(BROWSERS) ?? 'Another browser';
  const system = named(SYSTEMS);
  return system === undefined ? browser : `${browser} on ${system}`;
}
