/** Where the reader is, kept in the address after `#`: so Back closes a thread and a link opens a channel. */
export type Place = { readonly channel: string; readonly thread: string | null };

export function readPlace(hash: string): Place | null {
  const [channel, word, thread] = hash.replace(/^#\/?/, '').split('/').map(decoded);
  if (channel === undefined || channel === '') return null;
  return { channel, thread: word === 'thread' && thread !== undefined && thread !== '' ? thread : null };
}

export function formatPlace(place: Place): string {
  const thread = place.thread === null ? '' : `/thread/${encodeURIComponent(place.thread)}`;
  return `#/${encodeURIComponent(place.channel)}${thread}`;
}

/** The deployment that a link of the form `/deployments/<id>` names. */
export function linkedDeployment(pathname: string): string | null {
  return /^\/deployments\/([\w-]{1,64})\/?$/.exec(pathname)?.[1] ?? null;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
