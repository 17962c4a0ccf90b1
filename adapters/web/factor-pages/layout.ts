import type { ClientAssets } from '../client-assets.ts';
import { type Html, html } from './html.ts';

/** Nothing from elsewhere, nothing in the page itself, and nowhere to send a form but here. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

export type Sheet = {
  readonly title: string;
  readonly body: Html;
  /** Does it do a passkey ceremony? Only then it has scripts at all. */
  readonly hasPasskey?: boolean;
  /** Does it wait for something that happens elsewhere? Then it is loaded anew, without scripts. */
  readonly isWaiting?: boolean;
};

const RELOADED_EVERY_S = 3;

const STYLES = ['client/styles/1-base.css', 'client/pages/pages.css'];
const SCRIPTS = ['vendor/simplewebauthn.js', 'client/pages/passkey.ts'];

/** One sheet of paper, in the chat's own colours. */
export function renderSheet(
  { version }: Pick<ClientAssets, 'version'>,
  { title, body, hasPasskey = false, isWaiting = false }: Sheet,
): string {
  const at = (path: string) => `/assets/${version}/${path}`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#15243b">
<meta name="robots" content="noindex">
${isWaiting && html`<meta http-equiv="refresh" content="${RELOADED_EVERY_S}">`}
<title>${title} · Shipmate</title>
<link rel="icon" type="image/svg+xml" href="${at('client/icon.svg')}">
${STYLES.map((path) => html`<link rel="stylesheet" href="${at(path)}">`)}
${hasPasskey && html`${SCRIPTS.map((path) => html`<script src="${at(path)}" defer></script>`)}`}
</head>
<body>
<main class="sheet">
<img class="sheet-mark" src="${at('client/icon.svg')}" alt="" width="56" height="56">
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;
  return page.html;
}
