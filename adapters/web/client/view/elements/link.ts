import { html, type View } from '../../html.ts';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** A page outside of the chat, in a tab of its own that learns nothing of this one. Nothing but http and https leads anywhere. */
export function Link({ label, url }: { label: string; url: string }): View {
  const href = addressOf(url);
  if (href === null) return html`<p class="card-text text-quiet">${label}</p>`;
  return html`<div class="buttons"><a class="button button-primary" href=${href} target="_blank" rel="noopener noreferrer">${label}</a></div>`;
}

/** On one's own machine the server goes by several names; the session is known under the one that this page was opened with. */
function addressOf(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  const isHere = LOOPBACK.includes(url.hostname) && LOOPBACK.includes(location.hostname) && url.port === location.port;
  return isHere ? `${location.origin}${url.pathname}${url.search}` : url.href;
}
