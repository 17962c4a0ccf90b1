/** Small numbers for benchmarks: milliseconds in, rounded milliseconds out. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Between the two nearest when it falls between them. Null is what JSON makes of the NaN that no values give. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const lower = sorted[Math.floor(at)] ?? Number.NaN;
  const upper = sorted[Math.ceil(at)] ?? Number.NaN;
  return rounded(lower + (upper - lower) * (at - Math.floor(at)));
}

/** Whole milliseconds, tenths below ten: queries are that quick. */
export function rounded(value: number): number {
  return value < 10 ? Math.round(value * 10) / 10 : Math.round(value);
}

export function ratio(figure: number, baseline: number): number {
  return Math.round((figure / baseline) * 1000) / 1000;
}
