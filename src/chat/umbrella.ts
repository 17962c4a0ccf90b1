import type { Word } from './words.ts';

/** `/shipmate`, `@shipmate`, `shipmate`, `@shipmate:`, and a mention as Slack and Discord send it (`<@U123>`, `<@!123>`). */
const UMBRELLA = /^(?:[/@]?shipmate[:,]?|<@!?[A-Z0-9]{1,32}(?:\|[^>]{0,64})?>)$/i;

/** Without the umbrella word, however often it stands there. */
export function stripUmbrella(words: readonly Word[]): { words: readonly Word[]; hadUmbrella: boolean } {
  const first = words.findIndex((word) => word.isQuoted || !UMBRELLA.test(word.text));
  const rest = first === -1 ? [] : words.slice(first);
  return { words: rest, hadUmbrella: rest.length < words.length };
}
