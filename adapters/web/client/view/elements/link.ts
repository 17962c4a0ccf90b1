import { html, type View } from '../../html.ts';

/** A page outside of the chat, in a tab of its own that learns nothing of this one. Nothing but http and https leads anywhere. */
export function Link({ label, url }: { label: string; url: string }): View {
  const isPage = URL.canParse(url) && ['https:', 'http:'].includes(new URL(url).protocol);
  if (!isPage) return html`<p class="card-text text-quiet">${label}</p>`;
  return html`<div class="buttons"><a class="button button-primary" href=${url} target="_blank" rel="noopener noreferrer">${label}</a></div>`;
}
