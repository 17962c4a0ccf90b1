/** How one message stands on its platform. One row a message, kept for good: edits, replies and repetitions find it again. */
export type Delivery = {
  readonly messageId: string;
  /** `pending`: something is left to do. `undeliverable`: nothing more is tried; `reason` says why. */
  readonly state: 'pending' | 'delivered' | 'undeliverable';
  /** What the platform calls it; null while it does not stand there, and for good when it can never be edited. */
  readonly remoteId: string | null;
  /** The channel it was sent to, where that is not the message's own (a private answer as direct message). */
  readonly sentTo: string | null;
  /** What stands there. */
  readonly shown: Content | null;
  /** A post left at `since` and its outcome is not known: written before it leaves, so that a crash in the middle is seen. */
  readonly posting: (Content & { readonly since: number }) | null;
  /** Fruitless looks for it since then. */
  readonly looks: number;
  /** Failures in a row. */
  readonly attempts: number;
  /** Nothing is tried before (epoch milliseconds). */
  readonly nextAt: number;
  /** Times that it was posted again because somebody deleted it. */
  readonly reposts: number;
  /** The fingerprint of the content that the platform refused; other content is tried again. Null when nothing is. */
  readonly refused: string | null;
  readonly reason: string | null;
};

/** One content of a message, by a fingerprint and the position at which it was written. */
export type Content = { readonly fingerprint: string; readonly position: number };

/** The message whose thread a reply belongs to, as far as the reply is concerned. */
export type Root =
  | { readonly kind: 'none' }
  | { readonly kind: 'stands'; readonly remoteId: string }
  | { readonly kind: 'awaited' }
  | { readonly kind: 'lost' };

export type Step =
  | { readonly kind: 'nothing' }
  /** Until this time, or (null) until the root stands. */
  | { readonly kind: 'wait'; readonly until: number | null }
  | { readonly kind: 'post'; readonly threadOf: string | null }
  | { readonly kind: 'edit'; readonly remoteId: string }
  /** Did the post whose outcome is unknown arrive, in this thread? */
  | { readonly kind: 'look'; readonly threadOf: string | null }
  | { readonly kind: 'give_up'; readonly reason: string };

export function newDelivery(messageId: string): Delivery {
  return {
    messageId,
    state: 'pending',
    remoteId: null,
    sentTo: null,
    shown: null,
    posting: null,
    looks: 0,
    attempts: 0,
    nextAt: 0,
    reposts: 0,
    refused: null,
    reason: null,
  };
}

/** The delivery once this content is wanted. What reads the same as what stands there is nothing to do. */
export function wanted(delivery: Delivery, content: Content, canEdit: boolean): Delivery {
  if (delivery.state === 'undeliverable') {
    const hasChance = delivery.refused !== null && delivery.refused !== content.fingerprint;
    return hasChance ? { ...delivery, state: 'pending', refused: null, reason: null, attempts: 0, nextAt: 0 } : delivery;
  }
  // Whether a post arrived has to be known whatever is wanted now.
  if (delivery.posting !== null || delivery.shown === null) return asState(delivery, 'pending');
  const isShown = delivery.shown.fingerprint === content.fingerprint;
  // Posted, and now to be posted afresh: its remote id was given up.
  if (delivery.remoteId === null && delivery.state === 'pending') return delivery;
  const isFixed = delivery.remoteId === null || !canEdit;
  return asState(delivery, isShown || isFixed ? 'delivered' : 'pending');
}

/** What to do next with one message. The latest content is meant by `post` and `edit`, whatever was meant earlier. */
export function nextStep(delivery: Delivery, root: Root, now: number): Step {
  if (delivery.state !== 'pending') return { kind: 'nothing' };
  if (now < delivery.nextAt) return { kind: 'wait', until: delivery.nextAt };
  if (delivery.posting !== null) return { kind: 'look', threadOf: root.kind === 'stands' ? root.remoteId : null };
  if (delivery.remoteId !== null) return { kind: 'edit', remoteId: delivery.remoteId };
  switch (root.kind) {
    case 'none':
      return { kind: 'post', threadOf: null };
    case 'stands':
      return { kind: 'post', threadOf: root.remoteId };
    case 'awaited':
      return { kind: 'wait', until: null };
    case 'lost':
      return { kind: 'give_up', reason: 'the message whose thread it belongs to does not stand' };
  }
}

/** Before a post leaves: from here on its outcome is unknown until it is recorded. */
export function posting(delivery: Delivery, content: Content, sentTo: string | null, now: number, lookAfterMs: number): Delivery {
  return { ...delivery, posting: { ...content, since: now }, sentTo, looks: 0, nextAt: now + lookAfterMs };
}

export function abandoned(delivery: Delivery, reason: string, refused: string | null = null): Delivery {
  return { ...delivery, state: 'undeliverable', posting: null, reason, refused };
}

function asState(delivery: Delivery, state: Delivery['state']): Delivery {
  return delivery.state === state ? delivery : { ...delivery, state };
}
