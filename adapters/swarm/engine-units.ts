/** The engine counts durations in nanoseconds and CPUs in billionths; Shipmate in milliseconds and cores. */
export function toNanoseconds(ms: number): number {
  return Math.round(ms * 1e6);
}

export function toMilliseconds(ns: number): number {
  return ns / 1e6;
}

export function toNanoCpus(cpus: number): number {
  return Math.round(cpus * 1e9);
}

export function toCpus(nanoCpus: number): number {
  return nanoCpus / 1e9;
}

/** RFC 3339 with nanoseconds → epoch milliseconds; the engine writes year 1 for "never". */
export function toEpochMs(text: string | null | undefined): number | null {
  if (text === null || text === undefined || text === '') return null;
  const at = Date.parse(text);
  return Number.isNaN(at) || at <= 0 ? null : at;
}

/** Absent when empty or zero, because the engine leaves those out. */
export function unlessZero(value: number | null | undefined): number | undefined {
  return value === null || value === undefined || value === 0 ? undefined : value;
}

export function unlessEmpty(value: string | null | undefined): string | undefined {
  return value === null || value === undefined || value === '' ? undefined : value;
}

export function unlessEmptyList<T>(value: readonly T[] | null | undefined): readonly T[] | undefined {
  return value === null || value === undefined || value.length === 0 ? undefined : value;
}

export function unlessEmptyMap<T>(value: Readonly<Record<string, T>> | null | undefined): Readonly<Record<string, T>> | undefined {
  return value === null || value === undefined || Object.keys(value).length === 0 ? undefined : value;
}

/** The same object without members that are `undefined`, so that "not given" has one form. */
export function defined<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T;
export function defined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));
}
