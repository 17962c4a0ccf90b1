/** Text that is HTML already: made here only, from a template whose values were escaped. */
export type Html = { readonly html: string };

type Value = string | number | Html | null | false | readonly (Html | null)[];

/** A template of ours; whatever is put into it is text, unless it came out of this function itself. Attributes are always quoted. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return { html: strings.reduce((sum, part, index) => sum + part + (index < values.length ? inner(values[index] ?? null) : ''), '') };
}

/** For what a library drew from our own input (a QR code). */
export function trusted(markup: string): Html {
  return { html: markup };
}

function inner(value: Value): string {
  if (value === null || value === false) return '';
  if (typeof value === 'string' || typeof value === 'number') return escaped(String(value));
  return 'html' in value ? value.html : value.map((one) => (one === null ? '' : one.html)).join('');
}

const SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => SIGNS[sign] ?? sign);
}
