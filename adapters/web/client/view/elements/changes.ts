import { html, type View } from '../../html.ts';

type ChangesProps = { title: string; changes: readonly { path: string; before: string | null; after: string | null }[] };

/** Single fields before and after, as a diff. */
export function Changes({ title, changes }: ChangesProps): View {
  return html`<div class="changes">
    <h4>${title}</h4>
    <dl>
      ${changes.map(
        ({ path, before, after }) => html`<div class="change" key=${path}>
          <dt>${path}</dt>
          <dd>
            ${before !== null && html`<del><span class="visually-hidden">before: </span>${before}</del>`}
            ${before !== null && after !== null && html`<span class="arrow" aria-hidden="true">→</span>`}
            ${after !== null && html`<ins><span class="visually-hidden">after: </span>${after}</ins>`}
          </dd>
        </div>`,
      )}
    </dl>
  </div>`;
}
