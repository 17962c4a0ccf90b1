/** Reads Server-Sent Events named `message` until there are enough, then hangs up. */
export async function readEvents(
  url: string,
  headers: Record<string, string>,
  isEnough: (events: readonly ServerEvent[], text: string) => boolean,
): Promise<readonly ServerEvent[]> {
  const hangUp = new AbortController();
  const response = await fetch(url, { headers, signal: hangUp.signal });
  if (response.body === null) throw new Error('the stream has no body');
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const events = parse(text);
    if (!isEnough(events, text)) continue;
    hangUp.abort();
    return events;
  }
  throw new Error('the stream ended before there was enough');
}

export type ServerEvent = { readonly id: string; readonly text: string };

function parse(text: string): readonly ServerEvent[] {
  const events = [...text.matchAll(/id: (\d+)\nevent: message\ndata: (.*)\n\n/g)];
  return events.map((match) => ({ id: match[1] ?? '', text: match[2] ?? '' }));
}
