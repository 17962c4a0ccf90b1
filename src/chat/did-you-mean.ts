import { distance } from 'fastest-levenshtein';

/** The candidate a person most likely meant, or null when none is near. Swapped, missing and extra letters count; so does an unfinished word. */
export function didYouMean(typed: string, candidates: readonly string[]): string | null {
  const word = typed.toLowerCase();
  if (word === '') return null;
  const allowed = word.length <= 3 ? 1 : word.length <= 6 ? 2 : 3;
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: distance(word, candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= allowed && distance < candidate.length)
    .sort((a, b) => a.distance - b.distance);
  const nearest = ranked[0]?.candidate;
  if (nearest !== undefined) return nearest;
  const continued = candidates.filter((candidate) => word.length >= 2 && candidate.toLowerCase().startsWith(word));
  return continued.length === 1 ? (continued[0] ?? null) : null;
}
