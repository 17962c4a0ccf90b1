/**
 * The largest limit under which all sizes together stay within `budget`: what is short keeps its length, what is long gives way.
 */
export function fairLimit(sizes: readonly number[], budget: number): number {
  const ascending = [...sizes].sort((a, b) => a - b);
  let left = budget;
  for (const [index, size] of ascending.entries()) {
    const share = Math.floor(left / (ascending.length - index));
    if (size > share) return share;
    left -= size;
  }
  return budget;
}
