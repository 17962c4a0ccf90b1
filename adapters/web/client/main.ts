import { render } from 'preact';
import { api } from './api.ts';
import { html } from './html.ts';
import { App } from './view/app.ts';

/** Asks who is here, and draws. */
async function main(): Promise<void> {
  const root = document.getElementById('app');
  if (root === null) throw new Error('the page has no place for the app');
  const session = await api.session().catch(() => null);
  root.replaceChildren();
  render(html`<${App} initial=${session} />`, root);
}

await main();
