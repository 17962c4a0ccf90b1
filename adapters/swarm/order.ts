/** By code units, as Go's `sort.Strings` does for the names that are allowed here. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
