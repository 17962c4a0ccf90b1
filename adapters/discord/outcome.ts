import type { DeliveryResult } from '../../src/ports/messenger.ts';
import { readFailure } from './failure.ts';

/** Codes of https://docs.discord.com/developers/topics/opcodes-and-status-codes#json that mean something to a delivery. */
export const CODES = {
  unknownChannel: 10003,
  unknownMessage: 10008,
  unknownWebhook: 10015,
  unknownInteraction: 10062,
  cannotEditOldMessage: 30046,
  missingAccess: 50001,
  cannotMessageUser: 50007,
  notInThisChannelType: 50008,
  missingPermissions: 50013,
  notOnThisChannelType: 50024,
  invalidWebhookToken: 50027,
  invalidForm: 50035,
  archivedThread: 50083,
  threadExists: 160004,
  threadLocked: 160005,
  tooManyThreads: 160006,
} as const;

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
