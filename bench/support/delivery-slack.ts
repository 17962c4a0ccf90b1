import { SlackMessenger } from '../../adapters/slack/messenger.ts';
import { createClient } from '../../adapters/slack/slack-client.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import type { Messenger, OutgoingMessage } from '../../src/ports/messenger.ts';
import { SLACK_BUDGETS } from '../../test/support/slack/budgets.ts';
import type { Fault } from '../../test/support/slack/faults.ts';
import { BOT_TOKEN, SlackPeer, TEAM } from '../../test/support/slack/slack-peer.ts';
import type { BenchRun } from './run-bench.ts';

/** Of all requests that write a message. */
export type FaultShares = { readonly rateLimited: number; readonly broken: number; readonly silent: number };

export type Slack = {
  readonly messenger: Messenger;
  /** Addresses of channels. */
  readonly channels: readonly string[];
  /** What the platform was asked, by method; and how often it answered "too fast" by itself. */
  readonly calls: () => Readonly<Record<string, number>>;
  readonly limited: () => number;
  /** Our ids of the messages that stand in all channels and threads, each with its text; twice when it stands twice. */
  readonly standing: () => Promise<readonly { readonly id: string; readonly text: string }[]>;
  readonly problems: () => readonly string[];
};

/** Shorter than in production, so that a request without an answer is known as such sooner. */
const TIMEOUT_MS = 3_000;

/**
 * A Slack of its own, with Slack's real ceilings, and the real messenger with the real client library before it. `onShown` is
 * called with each message that Slack confirmed.
 */
export async function openSlack(
  run: BenchRun,
  channels: number,
  faults: FaultShares,
  onShown: (message: OutgoingMessage) => void,
): Promise<Slack> {
  const peer = await SlackPeer.start({ budgets: SLACK_BUDGETS });
  run.undo('the Slack peer', () => peer.stop());
  const ids: string[] = [];
  for (let index = 0; index < channels; index += 1) ids.push(await createChannel(peer, `deploys-${index}`));
  let injected = 0;
  peer.fault = ({ method }) => {
    const fault = method === 'chat.postMessage' || method === 'chat.update' ? pickFault(faults) : null;
    if (fault?.kind === 'rate_limited') injected += 1;
    return fault;
  };
  const before = { calls: peer.calls.length, problems: peer.problems.length };
  /** What was last tried of each message: it is what stands when a lost post is found. */
  const tried = new Map<string, OutgoingMessage>();
  let limited = 0;
  const silent = { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, getLevel: () => 'error' as never, setName() {} };
  const client = createClient(BOT_TOKEN, { apiUrl: peer.apiUrl, logger: silent, timeoutMs: TIMEOUT_MS });
  const slack = new SlackMessenger({ workspaces: { client: async () => client }, apiUrl: peer.apiUrl, clock: systemClock });
  return {
    messenger: {
      platform: slack.platform,
      capabilities: slack.capabilities,
      post: (message) => {
        tried.set(message.id, message);
        return slack.post(message).then(noted(message));
      },
      edit: (remoteId, message) => slack.edit(remoteId, message).then(noted(message)),
      find: async (message) => {
        const result = await slack.find(message);
        const posted = tried.get(message.id);
        if (result.kind === 'found' && posted !== undefined) onShown(posted);
        return result;
      },
    },
    channels: ids.map((id) => `${TEAM}/${id}`),
    calls: () => countBy(peer.calls.slice(before.calls).map(({ method }) => method)),
    limited: () => limited - injected,
    standing: async () => (await Promise.all(ids.map((id) => standingIn(peer, id)))).flat(),
    problems: () => peer.problems.slice(before.problems),
  };

  function noted<T extends { readonly kind: string }>(message: OutgoingMessage) {
    return (result: T): T => {
      if (result.kind === 'delivered') onShown(message);
      if (result.kind === 'rate_limited') limited += 1;
      return result;
    };
  }
}

function pickFault({ rateLimited, broken, silent }: FaultShares): Fault | null {
  const roll = Math.random();
  if (roll < rateLimited) return { kind: 'rate_limited', retryAfter: '1' };
  // Half of what breaks breaks after the message was written.
  if (roll < rateLimited + broken) return { kind: 'status', status: 503, after: Math.random() < 0.5 };
  return roll < rateLimited + broken + silent ? { kind: 'silence', after: true } : null;
}

async function createChannel(peer: SlackPeer, name: string): Promise<string> {
  const response = await fetch(`${peer.apiUrl}conversations.create`, {
    method: 'POST',
    headers: { authorization: 'Bearer xoxp-peer-admin', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ name }),
  });
  const answer = (await response.json()) as { ok: boolean; error?: string; channel?: { id: string } };
  if (answer.channel === undefined) throw new Error(`the peer's conversations.create: ${answer.error}`);
  return answer.channel.id;
}

async function standingIn(peer: SlackPeer, channel: string): Promise<readonly { id: string; text: string }[]> {
  const roots = (await peer.messages(channel)).filter((message) => message.thread_ts === undefined || message.thread_ts === message.ts);
  const replies = await Promise.all(roots.map(({ ts }) => peer.replies(channel, ts)));
  return [...roots, ...replies.flat()].flatMap(({ metadata, text }) => {
    const id = (metadata as { event_payload?: { id?: string } } | undefined)?.event_payload?.id;
    return id === undefined ? [] : [{ id, text }];
  });
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
