import type { DeliveryResult } from '../../src/ports/messenger.ts';
import { CODES } from './codes.ts';
import { readFailure } from './failure.ts';

const REFUSALS: Readonly<Record<number, { readonly reason: string; readonly channelIsGone: boolean }>> = {
  [CODES.unknownChannel]: { reason: 'the channel does not exist any more', channelIsGone: true },
  [CODES.missingAccess]: { reason: 'Shipmate is not in this channel: let it see the channel', channelIsGone: true },
  [CODES.cannotMessageUser]: { reason: 'this person takes no direct messages from Shipmate', channelIsGone: true },
  [CODES.notInThisChannelType]: { reason: 'this kind of channel takes no messages', channelIsGone: true },
  [CODES.missingPermissions]: {
    reason:
      'Shipmate lacks a permission here: View Channel, Send Messages, Create Public Threads, Send Messages in Threads, Read Message History',
    channelIsGone: false,
  },
  [CODES.invalidForm]: { reason: 'Discord does not accept the content', channelIsGone: false },
  [CODES.threadLocked]: { reason: 'the thread is locked', channelIsGone: false },
  [CODES.tooManyThreads]: { reason: 'the server has as many active threads as Discord allows', channelIsGone: false },
};

/** Every failed post or edit as what the delivery loop goes on from. */
export function readOutcome(error: unknown): DeliveryResult {
  const failure = readFailure(error);
  switch (failure.kind) {
    case 'rate_limited':
      return failure;
    case 'unreachable':
      return { kind: 'unavailable', reason: failure.reason };
    case 'uncertain':
      return { kind: 'unknown', reason: failure.reason };
    case 'declined':
      return declined(failure.code, failure.status);
  }
}

function declined(code: number, status: number): DeliveryResult {
  if (code === CODES.unknownMessage) return { kind: 'gone' };
  if (code === CODES.cannotEditOldMessage) return { kind: 'not_editable' };
  const known = REFUSALS[code];
  return { kind: 'refused', ...(known ?? { reason: `Discord declined it (status ${status}, code ${code})`, channelIsGone: false }) };
}

/** Did Discord decline with one of these codes? */
export function isDeclined(error: unknown, ...codes: readonly number[]): boolean {
  const failure = readFailure(error);
  return failure.kind === 'declined' && codes.includes(failure.code);
}
