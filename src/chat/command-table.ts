import { type Usable, usage } from './usage.ts';

/** README's table of commands, as Markdown lines between the markers that {@link TABLE_MARKERS} names. */
export function commandTable(
  commands: readonly (Usable & { readonly summary: string; readonly examples: readonly { readonly text: string }[] })[],
): string {
  const rows = commands.map((command) => {
    const example = command.examples[0]?.text;
    return `| \`${cell(usage(command))}\` | ${cell(command.summary)} | ${example === undefined ? '' : `\`${cell(example)}\``} |`;
  });
  return ['| Command | What it does | Example |', '|---|---|---|', ...rows].join('\n');
}

export const TABLE_MARKERS = { start: '<!-- commands -->', end: '<!-- /commands -->' } as const;

/** A bar would end the cell, also inside code. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
