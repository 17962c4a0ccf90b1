/**
 * Addresses as the rest of Shipmate keeps them. A channel is `T012/C345`, a direct message `T012/U345` (Slack delivers what
 * is posted to a person's id there: https://docs.slack.dev/reference/methods/chat.postMessage#app_home), an account `T012/U345`. The id of
 * a posted message is `C345/1712345678.000100`: the conversation that Slack answered with, which for a direct message is not
 * the person's id, and the message's time stamp; after an `@` the thread that it was posted in.
 */
const ADDRESS = /^([TE][A-Z0-9]{1,31})\/([A-Z][A-Z0-9]{1,31})$/;
const REMOTE_ID = /^([A-Z][A-Z0-9]{1,31})\/(\d{1,12}\.\d{1,8})(?:@(\d{1,12}\.\d{1,8}))?$/;

export type Address = { readonly team: string; readonly id: string };

export function formatAddress(team: string, id: string): string {
  return `${team}/${id}`;
}

/** Null for what is no address of Slack's. */
export function parseAddress(text: string): Address | null {
  const match = ADDRESS.exec(text);
  return match?.[1] !== undefined && match[2] !== undefined ? { team: match[1], id: match[2] } : null;
}

/** The workspace of an address, for budgets; the text itself when it is none. */
export function workspaceOf(channel: string): string {
  return parseAddress(channel)?.team ?? channel;
}

/** Ids of people start with U or W: https://docs.slack.dev/reference/objects/user-object. */
export function isPerson(id: string): boolean {
  return id.startsWith('U') || id.startsWith('W');
}

export type RemoteId = { readonly conversation: string; readonly ts: string; readonly threadTs: string | null };

export function formatRemoteId({ conversation, ts, threadTs }: RemoteId): string {
  return `${conversation}/${ts}${threadTs === null || threadTs === ts ? '' : `@${threadTs}`}`;
}

export function parseRemoteId(text: string): RemoteId | null {
  const match = REMOTE_ID.exec(text);
  return match?.[1] !== undefined && match[2] !== undefined ? { conversation: match[1], ts: match[2], threadTs: match[3] ?? null } : null;
}

/**
 * Where replies to a message go. Threads do not nest: a reply to a reply belongs to the same thread
 * (https://docs.slack.dev/reference/methods/chat.postMessage#threads).
 */
export function threadOfMessage({ ts, threadTs }: RemoteId): string {
  return threadTs ?? ts;
}
