import { html, type View } from '../html.ts';
import { fullTime, relativeTime } from '../model/time.ts';
import { useNow } from './now.ts';

/** "12 seconds ago", and it goes on counting. */
export function RelativeTime({ at }: { at: number }): View {
  const now = useNow();
  return html`<time datetime=${new Date(at).toISOString()} title=${fullTime(at)}>${relativeTime(at, now)}</time>`;
}
