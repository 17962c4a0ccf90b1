import { App, AuthorizationError, type ReceiverEvent } from '@slack/bolt';

/** There is no Shipmate in that workspace (any more). */
export class NotInstalledError extends Error {
  constructor() {
    super('Shipmate is not installed in this workspace');
    this.name = 'NotInstalledError';
  }
}

/**
 * Bolt acknowledges an event before it calls the listeners, so one that could not be kept would be lost. Here it is acknowledged
 * when they are done, and Slack sends what was not acknowledged again (https://docs.slack.dev/apis/events-api/#retries).
 * Commands and clicks are acknowledged by their listeners.
 */
export class KeptApp extends App {
  override async processEvent(event: ReceiverEvent): Promise<void> {
    const isEvent = event.body['type'] === 'event_callback';
    try {
      await super.processEvent(isEvent ? { ...event, ack: async () => {} } : event);
    } catch (error) {
      if (!isForNobody(error)) throw error;
    }
    if (isEvent) await event.ack();
  }
}

/** A workspace without Shipmate: sending it again would change nothing. */
function isForNobody(error: unknown): boolean {
  return error instanceof AuthorizationError && error.original instanceof NotInstalledError;
}
