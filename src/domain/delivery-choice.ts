import { editOpensAt } from './delivery-budget.ts';

/** A message with a step to take, as the choice between them sees it. */
export type Candidate = {
  readonly id: string;
  readonly operation: 'post' | 'edit' | 'look';
  readonly urgency: Urgency;
  readonly channel: string;
  readonly workspace: string;
  /** Only one person sees it: it takes no room in the channel. */
  readonly isPrivate: boolean;
  /** Since when what stands there is not what should. */
  readonly since: number;
};

/** In the order they go: somebody waits for an answer; a card's first post; its final state; everything on the way. */
export type Urgency = 'answer' | 'first' | 'final' | 'progress';

export type Limits = {
  readonly editsPerMinute: number | null;
  /** Requests at the same time in one workspace; one in those that are being tried out after they did not answer. */
  readonly inFlight: number;
};

/** What is used at this moment. */
export type Usage = {
  /** When a channel takes its next message. */
  readonly channelTurnAt: ReadonlyMap<string, number>;
  /** Until when the platform wants nothing there: it said so, or does not answer. */
  readonly channelShutUntil: ReadonlyMap<string, number>;
  readonly workspaceShutUntil: ReadonlyMap<string, number>;
  /** Channels whose message is under way: the next one waits for it, so that they appear in order. */
  readonly busyChannels: ReadonlySet<string>;
  readonly triedOut: ReadonlySet<string>;
  /** Requests under way, by workspace. */
  readonly inFlight: ReadonlyMap<string, number>;
  /** Times of edits, oldest first, by workspace. */
  readonly edits: ReadonlyMap<string, readonly number[]>;
};

export type Choice = {
  readonly start: readonly Candidate[];
  /** When time alone lets something go; null when nothing waits for time. */
  readonly wakeAt: number | null;
};

/**
 * Progress that waited this long goes with the final states of other channels, oldest first: no channel starves, however much
 * ends elsewhere. In its own channel a final state always goes first.
 */
const PATIENCE_MS = 30_000;
const ORDER: readonly Urgency[] = ['answer', 'first', 'final', 'progress'];

/** One decision: which of these go now, within every budget. Budgets are per workspace and per channel, so what is held up holds up nothing else. */
export function choose(candidates: readonly Candidate[], limits: Limits, usage: Usage, now: number): Choice {
  const ending = new Set(candidates.filter(({ urgency }) => urgency === 'final').map(({ channel }) => channel));
  const ranked = candidates
    .map((candidate) => ({ candidate, urgency: urgencyAt(candidate, ending, now) }))
    .sort((a, b) => ORDER.indexOf(a.urgency) - ORDER.indexOf(b.urgency) || a.candidate.since - b.candidate.since);
  const busyChannels = new Set(usage.busyChannels);
  const inFlight = new Map(usage.inFlight);
  const edits = new Map(usage.edits);
  const start: Candidate[] = [];
  let wakeAt: number | null = null;
  for (const { candidate, urgency } of ranked) {
    const { channel, workspace, operation } = candidate;
    const takesRoom = operation !== 'look' && !candidate.isPrivate;
    const places = usage.triedOut.has(workspace) ? 1 : limits.inFlight;
    if ((inFlight.get(workspace) ?? 0) >= places || (takesRoom && busyChannels.has(channel))) continue;
    const channelAt = channelOpensAt(candidate, usage, takesRoom, now);
    const isProgress = urgency === 'progress';
    const editAt = operation === 'edit' ? editOpensAt(edits.get(workspace) ?? [], limits.editsPerMinute, isProgress, now) : now;
    const at = Math.max(channelAt, editAt);
    if (at > now) {
      wakeAt = Math.min(wakeAt ?? at, at);
      continue;
    }
    start.push(candidate);
    inFlight.set(workspace, (inFlight.get(workspace) ?? 0) + 1);
    if (takesRoom) busyChannels.add(channel);
    if (operation === 'edit') edits.set(workspace, [...(edits.get(workspace) ?? []), now]);
  }
  return { start, wakeAt };
}

function channelOpensAt({ channel, workspace }: Candidate, usage: Usage, takesRoom: boolean, now: number): number {
  const turnAt = takesRoom ? (usage.channelTurnAt.get(channel) ?? now) : now;
  const shutUntil = Math.max(usage.channelShutUntil.get(channel) ?? now, usage.workspaceShutUntil.get(workspace) ?? now);
  return Math.max(now, turnAt, shutUntil);
}

/** `ending`: the channels in which a final state waits. */
function urgencyAt({ urgency, since, channel }: Candidate, ending: ReadonlySet<string>, now: number): Urgency {
  return urgency === 'progress' && now - since > PATIENCE_MS && !ending.has(channel) ? 'final' : urgency;
}
