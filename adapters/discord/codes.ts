/** Codes of https://docs.discord.com/developers/topics/opcodes-and-status-codes#json that mean something here. */
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
