/**
 * Slack's ceilings, enforced. One message a second in a channel, where short bursts are let through
 * (https://docs.slack.dev/apis/web-api/rate-limits: "short bursts … allowed"), and 50 calls a minute of a tier 3 method such as `chat.update` in a workspace.
 */
export type Budgets = { readonly burst: number; readonly perChannelMs: number; readonly editsPerMinute: number };

export const SLACK_BUDGETS: Budgets = { burst: 3, perChannelMs: 1000, editsPerMinute: 50 };

/** Seconds until the next try, or null when the call is within the budget. */
export function createBudgets(budgets: Budgets, now: () => number): (method: string, channel: string) => number | null {
  const posts = new Map<string, number>();
  let edits: number[] = [];
  return (method, channel) => {
    const at = now();
    if (method === 'chat.postMessage' || method === 'chat.postEphemeral') {
      // A leaky bucket: how much of the time to come is already spent.
      const spent = Math.max(0, (posts.get(channel) ?? 0) - at);
      if (spent > (budgets.burst - 1) * budgets.perChannelMs) return Math.ceil(spent / 1000);
      posts.set(channel, at + spent + budgets.perChannelMs);
    }
    if (method === 'chat.update') {
      edits = edits.filter((edit) => at - edit < 60_000);
      if (edits.length >= budgets.editsPerMinute) return Math.max(1, Math.ceil(((edits[0] ?? at) + 60_000 - at) / 1000));
      edits.push(at);
    }
    return null;
  };
}
