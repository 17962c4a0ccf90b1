import { html, type View } from '../../html.ts';

/**
 * Scrolls sideways by itself where it does not fit; the page never does. On a phone each row flows like text, for which the
 * roles are said aloud: a browser takes a table that is laid out otherwise for none.
 */
export function Table({ columns, rows }: { columns: readonly string[]; rows: readonly (readonly string[])[] }): View {
  return html`<div class="table-frame" tabindex="0" role="region" aria-label=${`Table: ${columns.join(', ')}`}>
    <table role="table">
      <thead role="rowgroup"><tr role="row">${columns.map((column) => html`<th scope="col" role="columnheader" key=${column}>${column}</th>`)}</tr></thead>
      <tbody role="rowgroup">${rows.map((row, index) => html`<tr key=${index} role="row">${row.map((cell, at) => html`<td key=${at} role="cell" dir="auto">${cell}</td>`)}</tr>`)}</tbody>
    </table>
  </div>`;
}
