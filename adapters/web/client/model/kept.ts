/** What this browser keeps for a person: drafts, read marks, dismissed answers. A full or forbidden storage is no reason to fail. */
export type Kept = {
  read<Value>(name: string, fallback: Value, isValid: (value: unknown) => value is Value): Value;
  write(name: string, value: unknown): void;
};

export function keptFor(personId: string, storage: Storage | null): Kept {
  const keyOf = (name: string) => `shipmate:${personId}:${name}`;
  return {
    read(name, fallback, isValid) {
      try {
        const value: unknown = JSON.parse(storage?.getItem(keyOf(name)) ?? 'null');
        return isValid(value) ? value : fallback;
      } catch {
        return fallback;
      }
    },
    write(name, value) {
      try {
        storage?.setItem(keyOf(name), JSON.stringify(value));
      } catch (error) {
        console.warn('could not keep', name, error);
      }
    },
  };
}

/** Null where the browser forbids it. */
export function browserStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

export function isRecordOfNumbers(value: unknown): value is Record<string, number> {
  return isRecord(value) && Object.values(value).every((member) => typeof member === 'number');
}

export function isRecordOfTexts(value: unknown): value is Record<string, string> {
  return isRecord(value) && Object.values(value).every((member) => typeof member === 'string');
}

export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((member) => typeof member === 'string');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
