import type { z } from 'zod';

/** An answer other than 2xx that the caller caused; its text is meant for people. */
export class ChatError extends Error {
  readonly statusCode: number;
  readonly code: string;

  constructor(statusCode: number, code: string, message: string) {
    super(message);
    this.name = 'ChatError';
    this.statusCode = statusCode;
    this.code = code;
  }
}

/** The validated value, or a 400 that names the first wrong member and never repeats what was sent. */
export function validated<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? 'request' : issue.path.join('.');
  throw new ChatError(400, 'invalid_request', `${place}: ${issue?.message ?? 'not valid'}`);
}
