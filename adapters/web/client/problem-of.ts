import { ApiError } from './api.ts';

/** What a person is told about a failure. */
export function problemOf(error: unknown): string {
  return error instanceof ApiError ? error.message : 'Something went wrong in this page. Reload it.';
}
