import type { Delivery, Step } from '../../domain/delivery.ts';
import { type Attempt, afterEdit, afterLook, afterPost } from '../../domain/delivery-outcome.ts';
import type { DeliveryResult, FindResult } from '../../ports/messenger.ts';

/** A step that needs a request. */
export type RequestStep = Extract<Step, { kind: 'post' | 'edit' | 'look' }>;

/** What a request brought; null when the workspace is left alone for now and nothing was sent. */
export type Requested =
  | { readonly operation: 'post' | 'edit'; readonly result: DeliveryResult | null }
  | { readonly operation: 'look'; readonly result: FindResult | null };

export function applyResult(delivery: Delivery, step: RequestStep, requested: Requested, attempt: Attempt): Delivery {
  const { operation, result } = requested;
  // A reply found out meanwhile that it was deleted: what became of an edit of the old one says nothing any more.
  if (step.kind === 'edit' && step.remoteId !== delivery.remoteId) return delivery;
  if (result === null) return operation === 'post' ? { ...delivery, posting: null, nextAt: 0 } : delivery;
  if (operation === 'look') return afterLook(delivery, result, attempt);
  return operation === 'post' ? afterPost(delivery, result, attempt) : afterEdit(delivery, result, attempt);
}
