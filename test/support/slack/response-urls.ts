import { randomBytes } from 'node:crypto';
import { validateResponse } from './validate-payload.ts';

/** Five uses within 30 minutes: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses. */
const USES = 5;
const LIFE_MS = 30 * 60_000;

export type Answered = { readonly url: string; readonly body: Record<string, unknown> };

export class ResponseUrls {
  readonly answers: Answered[] = [];
  readonly problems: string[] = [];
  readonly #issued = new Map<string, { at: number; uses: number }>();
  readonly #base: () => string;

  constructor(base: () => string) {
    this.#base = base;
  }

  /** A new one, as a delivery carries it. */
  issue(at = Date.now()): string {
    const url = `${this.#base()}/commands/T000000001/${randomBytes(8).toString('hex')}`;
    this.#issued.set(new URL(url).pathname, { at, uses: 0 });
    return url;
  }

  /** What Slack answers to a post there. */
  answer(pathname: string, body: Record<string, unknown>): { status: number; text: string } {
    const issued = this.#issued.get(pathname);
    if (issued === undefined || Date.now() - issued.at > LIFE_MS) return { status: 404, text: 'expired_url' };
    issued.uses += 1;
    if (issued.uses > USES) return { status: 404, text: 'used_url' };
    this.problems.push(...validateResponse(body).map((problem) => `response URL: ${problem}`));
    this.answers.push({ url: pathname, body });
    return { status: 200, text: 'ok' };
  }
}
