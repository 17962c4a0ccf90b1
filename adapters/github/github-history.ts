import type { CommitsBetween } from '../../src/domain/source-commits.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { HistoryAnswer, SourceHistory, UnknownHistory } from '../../src/ports/source-history.ts';
import { ask, type Unanswered } from './ask.ts';
import { betweenOf, readComparison } from './comparison.ts';
import { repositoryName, webHostOf } from './repository-name.ts';

export type GithubHistoryOptions = {
  /** `https://api.github.com`, or `https://HOST/api/v3` of a GitHub Enterprise Server. No other host is ever asked. */
  readonly apiUrl: string;
  /** Null: public repositories, 60 questions an hour. */
  readonly token: string | null;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
};

/** A commit that is not there may be pushed yet, and a host comes back sooner than a repository is made public. */
const ASK_AGAIN_MS: Readonly<Record<UnknownHistory, number>> = {
  other_host: 600_000,
  not_found: 300_000,
  not_allowed: 600_000,
  busy: 60_000,
  too_large: 3_600_000,
  malformed: 600_000,
  unreachable: 60_000,
};
/** Pairs of commits that are kept. */
const KEPT = 200;
/** Without pages GitHub lists at most so many, and of more not the newest ones but one. */
const LISTED = 250;
const WANTED = 10;
const LARGEST_PAGE = 100;

type Kept = { readonly answer: Promise<HistoryAnswer>; askAgainAt: number };

/** What GitHub says about two commits: https://docs.github.com/en/rest/commits/commits#compare-two-commits */
export class GithubHistory implements SourceHistory {
  readonly #options: GithubHistoryOptions;
  readonly #webHost: string;
  readonly #kept = new Map<string, Kept>();
  #restUntil = 0;

  constructor(options: GithubHistoryOptions) {
    this.#options = options;
    this.#webHost = webHostOf(options.apiUrl);
  }

  commitsBetween(repository: string, from: string, to: string): Promise<HistoryAnswer> {
    const name = repositoryName(repository, this.#webHost);
    if (name === null) return Promise.resolve({ known: false, because: 'other_host' });
    if (!isHash(from) || !isHash(to)) return Promise.resolve({ known: false, because: 'not_found' });
    const key = `${name.toLowerCase()} ${from} ${to}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined && this.#options.clock.now() < kept.askAgainAt) return kept.answer;
    return this.#keep(key, this.#between(name, from, to), kept === undefined);
  }

  #keep(key: string, answer: Promise<HistoryAnswer>, isFirst: boolean): Promise<HistoryAnswer> {
    const kept: Kept = { answer, askAgainAt: Number.POSITIVE_INFINITY };
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return answer.then((said) => {
      if (said.known) return said;
      const { clock, logger } = this.#options;
      kept.askAgainAt = clock.now() + ASK_AGAIN_MS[said.because];
      // While it stays away it is told of once for each pair.
      if (isFirst) logger.info({ key, because: said.because }, 'GitHub did not say what was committed; cards have the hashes only');
      return said;
    });
  }

  async #between(name: string, from: string, to: string): Promise<HistoryAnswer> {
    const there = await this.#compare(name, from, to);
    if (!there.ok) return unknown(there);
    const { aheadBy, behindBy } = there.between;
    if (aheadBy > 0 || behindBy === 0) return { known: true, between: there.between };
    // A step back: the commits that go are those on the way here again.
    const back = await this.#compare(name, to, from);
    if (!back.ok) return unknown(back);
    return { known: true, between: { ...back.between, aheadBy, behindBy } };
  }

  async #compare(name: string, from: string, to: string): Promise<{ ok: true; between: CommitsBetween } | Unanswered> {
    const first = await this.#read(name, from, to, '');
    if (!first.ok || first.comparison.ahead_by <= LISTED) {
      return first.ok ? { ok: true, between: betweenOf(first.comparison, first.comparison.commits) } : first;
    }
    const last = await this.#read(name, from, to, lastPage(first.comparison.ahead_by));
    return last.ok ? { ok: true, between: betweenOf(first.comparison, last.comparison.commits) } : last;
  }

  async #read(name: string, from: string, to: string, query: string) {
    const { apiUrl, token, clock } = this.#options;
    if (clock.now() < this.#restUntil) return { ok: false, because: 'busy', restMs: 0 } as const;
    const asked = await ask(new URL(`${apiUrl.replace(/\/+$/, '')}/repos/${name}/compare/${from}...${to}${query}`), token);
    if (!asked.ok) {
      if (asked.restMs > 0) this.#restUntil = clock.now() + asked.restMs;
      return asked;
    }
    const comparison = readComparison(asked.body);
    return comparison === null ? ({ ok: false, because: 'malformed', restMs: 0 } as const) : ({ ok: true, comparison } as const);
  }
}

/** The page size with which the last page, of commits in order of time, is full enough: `?per_page=12&page=30`. */
function lastPage(total: number): string {
  let size = WANTED;
  while (size < LARGEST_PAGE && total % size !== 0 && total % size < WANTED) size += 1;
  return `?per_page=${size}&page=${Math.ceil(total / size)}`;
}

/** Full or shortened, and nothing that a path could be made of. */
function isHash(commit: string): boolean {
  return /^[0-9a-f]{7,64}$/i.test(commit);
}

function unknown({ because }: Unanswered): HistoryAnswer {
  return { known: false, because };
}
