import type { StoredMessage } from '../../../src/domain/stored-message.ts';
import { api } from './api.ts';
import { isCrowded, takePlace } from './stream-places.ts';

export type LiveEvents = {
  readonly onMessages: (messages: readonly StoredMessage[]) => void;
  /** `paused`: given up for other tabs until this one is looked at again. */
  readonly onState: (state: 'live' | 'lost' | 'paused') => void;
  /** The server knows less than we do (it was set up anew): load everything again. */
  readonly onReset: () => void;
  /** The stream is refused again and again: the session may be over. */
  readonly onRefused: () => void;
};

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 8_000;
/** Three missed heartbeats: the connection is dead although nobody told us. */
const SILENCE_MS = 45_000;

/**
 * The live stream. It reconnects by itself with growing pauses, at once when the browser says that it is online or the
 * page is looked at again, and always goes on after the last position it saw.
 */
export function openLive(position: number, events: LiveEvents): { stop(): void; retryNow(): void } {
  let after = position;
  let source: EventSource | null = null;
  let retryMs = FIRST_RETRY_MS;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let silenceTimer: ReturnType<typeof setTimeout> | undefined;
  let inbox: StoredMessage[] = [];
  let isStopped = false;
  let leavePlace: () => void = () => {};

  const flush = () => {
    const messages = inbox;
    inbox = [];
    if (messages.length > 0) events.onMessages(messages);
  };
  const heard = () => {
    clearTimeout(silenceTimer);
    silenceTimer = setTimeout(lose, SILENCE_MS);
  };
  const lose = () => {
    close();
    events.onState('lost');
    if (isStopped) return;
    retryTimer = setTimeout(connect, retryMs * (0.75 + Math.random() / 2));
    if (retryMs === LAST_RETRY_MS) events.onRefused();
    retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
  };
  const close = () => {
    clearTimeout(retryTimer);
    clearTimeout(silenceTimer);
    source?.close();
    source = null;
    leavePlace();
  };
  const connect = () => {
    close();
    if (isStopped) return;
    const opened = new EventSource(api.streamUrl(after));
    source = opened;
    leavePlace = takePlace();
    opened.onopen = heard;
    opened.onerror = lose;
    opened.addEventListener('heartbeat', () => {
      heard();
      retryMs = FIRST_RETRY_MS;
      events.onState('live');
    });
    opened.addEventListener('message', (event) => {
      heard();
      after = Math.max(after, Number(event.lastEventId));
      // One update of the page for all that comes in one go.
      if (inbox.length === 0) setTimeout(flush);
      inbox.push(JSON.parse(event.data));
    });
    opened.addEventListener('reset', events.onReset);
  };
  const retryNow = () => {
    if (source !== null || isStopped) return;
    retryMs = FIRST_RETRY_MS;
    connect();
  };
  const onVisibility = async () => {
    if (isLookedAt()) return retryNow();
    if (source === null || !(await isCrowded()) || isLookedAt()) return;
    close();
    events.onState('paused');
  };

  window.addEventListener('online', retryNow);
  document.addEventListener('visibilitychange', onVisibility);
  connect();
  return {
    retryNow,
    stop() {
      isStopped = true;
      close();
      window.removeEventListener('online', retryNow);
      document.removeEventListener('visibilitychange', onVisibility);
    },
  };
}

function isLookedAt(): boolean {
  return document.visibilityState === 'visible';
}
