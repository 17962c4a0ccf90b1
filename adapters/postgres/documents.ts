/**
 * JSON text for a jsonb column. PostgreSQL stores neither U+0000 nor unpaired surrogates, and both occur in what programs
 * print and people paste; they become U+FFFD instead of failing the write.
 */
export function storable(value: unknown): string {
  return (
    JSON.stringify(value, (_key, member: unknown) => (typeof member === 'string' ? storableText(member) : storableKeys(member))) ?? 'null'
  );
}

function storableKeys(member: unknown): unknown {
  if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
  if (Object.keys(member).every((key) => storableText(key) === key)) return member;
  return Object.fromEntries(Object.entries(member).map(([key, value]) => [storableText(key), value]));
}

/** The same for a text column. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD');
}
