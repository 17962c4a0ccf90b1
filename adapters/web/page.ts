import { createHash } from 'node:crypto';
import type { ClientAssets } from './client-assets.ts';

export type Page = { readonly html: string; readonly contentSecurityPolicy: string };

/** What the pages behind private links load is not the chat's. */
const OTHER_PAGES = 'client/pages/';

/** The chat's page. Nothing of anybody's is in it: the client asks the API and writes text nodes only. */
export function renderPage(assets: ClientAssets): Page {
  const at = (path: string) => `/assets/${assets.version}/client/${path}`;
  const paths = [...assets.files.keys()].filter((path) => !path.startsWith(OTHER_PAGES)).sort();
  const styles = paths.filter((path) => path.endsWith('.css'));
  const modules = paths.filter((path) => path.endsWith('.ts') || path.endsWith('.mjs'));
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#15243b">
<title>Shipmate</title>
<link rel="icon" type="image/svg+xml" href="${at('icon.svg')}">
${styles.map((path) => `<link rel="stylesheet" href="/assets/${assets.version}/${path}">`).join('\n')}
<script type="importmap">${assets.importMap}</script>
${modules.map((path) => `<link rel="modulepreload" href="/assets/${assets.version}/${path}">`).join('\n')}
<script type="module" src="${at('main.ts')}"></script>
</head>
<body>
<div id="app"><noscript>The chat needs JavaScript.</noscript></div>
</body>
</html>
`;
  return { html, contentSecurityPolicy: policy(assets.importMap) };
}

/** Own scripts and styles only. Import maps must stand in the page, so this one is allowed by its hash. */
function policy(importMap: string): string {
  const hash = createHash('sha256').update(importMap).digest('base64');
  return [
    "default-src 'none'",
    `script-src 'self' 'sha256-${hash}'`,
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}
