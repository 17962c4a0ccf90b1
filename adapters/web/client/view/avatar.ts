import { html, type View } from '../html.ts';
import { Icon } from './icons.ts';

/** Initials on a colour that is always the same for the same person. */
export function Avatar({ id, name }: { id: string; name: string }): View {
  return html`<span class=${`avatar hue-${hueOf(id)}`} aria-hidden="true">${initials(name)}</span>`;
}

export function BotAvatar(): View {
  return html`<span class="avatar avatar-bot" aria-hidden="true"><${Icon} name="wheel" /></span>`;
}

export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters.map((word) => [...(word ?? '?')][0]?.toUpperCase() ?? '?').join('');
}

const HUES = 8;

function hueOf(id: string): number {
  let sum = 7;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return sum % HUES;
}
