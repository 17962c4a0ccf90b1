import { distance } from 'fastest-levenshtein';

/** The known word that was probably meant, or null when none is near enough. */
function nearMiss(typed: string, known: readonly string[]): string | null {
  const candidates = known
    .map((word) => ({ word, apart: distance(typed.toLowerCase(), word.toLowerCase()) }))
    // A third of the letters may be wrong, two of a short word, never all.
    .filter(({ word, apart }) => apart <= Math.max(2, Math.floor(word.length / 3)) && apart < word.length)
    .sort((a, b) => a.apart - b.apart);
  return candidates[0]?.word ?? null;
}

/** "Did you mean …?", or what is known, for the end of an error. */
export function suggest(typed: string, known: readonly string[], what: string): string {
  const near = nearMiss(typed, known);
  if (near !== null) return `Did you mean "${near}"?`;
  return known.length === 0 ? `There are no ${what} yet.` : `Known ${what}: ${known.join(', ')}.`;
}
