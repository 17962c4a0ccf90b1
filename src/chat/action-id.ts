/** `verb:id`, at most 100 characters (Discord's limit for a custom id). */
export type Action = { readonly verb: string; readonly id: string };

/** The longest id is `app.environment.revision.revision`, so it gets what the verb leaves over. */
const PATTERN = /^(?=.{1,100}$)([a-z][a-z-]{0,31}):([A-Za-z0-9._-]{1,96})$/;

export function formatAction(verb: string, id: string): string {
  const text = `${verb}:${id}`;
  if (!PATTERN.test(text)) throw new Error(`not an action id: ${text}`);
  return text;
}

export function parseAction(text: string): Action | null {
  const match = PATTERN.exec(text);
  return match?.[1] !== undefined && match[2] !== undefined ? { verb: match[1], id: match[2] } : null;
}
