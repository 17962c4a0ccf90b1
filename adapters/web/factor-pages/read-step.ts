import type { Json } from '../../../src/domain/json.ts';

/** What a form of these pages sends. */
export type Step =
  | { readonly step: 'claim' | 'begin-totp' | 'begin-passkey' | 'codes' }
  | { readonly step: 'finish-totp'; readonly code: string }
  | { readonly step: 'finish-passkey' | 'confirm'; readonly response: Json };

/** Null for anything else. */
export function readStep(body: unknown): Step | null {
  if (!(body instanceof URLSearchParams)) return null;
  const step = body.get('step');
  switch (step) {
    case 'claim':
    case 'begin-totp':
    case 'begin-passkey':
    case 'codes':
      return { step };
    case 'finish-totp':
      return { step, code: (body.get('code') ?? '').slice(0, 20) };
    case 'finish-passkey':
    case 'confirm': {
      const response = parsed(body.get('response') ?? '');
      return response === undefined ? null : { step, response };
    }
    default:
      return null;
  }
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
