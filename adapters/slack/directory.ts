import type { Account } from '../../src/chat/chat-intake.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { formatAddress, parseAddress } from './address.ts';
import type { SlackDelivery } from './deliveries.ts';
import type { ListedWorkspaces } from './slack-client.ts';

const GROUPS_FRESH_MS = 60_000;
/** From here on they are read again beside the work, so that nobody waits when the minute is over. */
const GROUPS_RENEW_MS = 45_000;
/** A name is only shown: Slack waits 3 s for an answer, and keeping the delivery may take most of it. */
const NAME_PATIENCE_MS = 400;
/** Without their groups people are refused, so these are worth waiting for; the intake gets what is left of the 3 s. */
const GROUPS_PATIENCE_MS = 1500;
/** From so old a request nobody expects an answer any more. */
const GROUPS_HOPELESS_MS = 3000;
/** After a failure nobody waits for the groups; they are asked for again this much later. */
const RETRY_MS = 5000;
const MOST_NAMES = 5000;
/** Workspaces whose groups are read at the same time. */
const READ_AT_ONCE = 5;

type Groups = { readonly at: number; readonly byUser: ReadonlyMap<string, readonly string[]> };
type Reading = { readonly since: number; readonly groups: Promise<Groups | null> };
type DirectoryOptions = { readonly workspaces: ListedWorkspaces; readonly clock: Clock; readonly logger: Logger };

/** Who somebody is on Slack: the name to show, and the user groups that they are in. */
export class Directory {
  readonly #options: DirectoryOptions;
  readonly #groups = new Map<string, Groups>();
  readonly #reading = new Map<string, Reading>();
  readonly #failedAt = new Map<string, number>();
  readonly #names = new Map<string, string>();

  constructor(options: DirectoryOptions) {
    this.#options = options;
  }

  /** Never fails and never takes long: without an answer the groups are none, and the name is the id. */
  async account({ sender, team }: Pick<SlackDelivery, 'sender' | 'team'>): Promise<Account> {
    const id = formatAddress(sender.team, sender.user);
    if (sender.name !== null) this.#remember(id, sender.name);
    // Groups are the workspace's own: somebody from another one is in none of them.
    const isGuest = sender.team !== team;
    const [name, groups] = await Promise.all([
      sender.name ?? this.#names.get(id) ?? this.#inTime(this.#readName(team, sender.user, id), NAME_PATIENCE_MS),
      isGuest ? [] : this.#groupsOf(team, sender.user),
    ]);
    return { id, name: name ?? sender.user, groups };
  }

  /** The groups that an account is in now, a minute ago at most; null when Slack does not say, or it is no account of a workspace here. */
  async groupsOf(account: string): Promise<readonly string[] | null> {
    const address = parseAddress(account);
    if (address === null) return null;
    const known = this.#groups.get(address.team);
    const isFresh = known !== undefined && this.#options.clock.now() - known.at < GROUPS_FRESH_MS;
    const groups = isFresh ? known : await this.#readGroups(address.team).groups;
    return groups === null ? null : (groups.byUser.get(address.id) ?? []);
  }

  /** The accounts in a group of any workspace, as they were read last; null while no workspace's groups could be read. */
  membersOf(group: string): readonly string[] | null {
    if (this.#groups.size === 0) return null;
    return [...this.#groups].flatMap(([team, { byUser }]) =>
      [...byUser].filter(([, groups]) => groups.includes(group)).map(([user]) => formatAddress(team, user)),
    );
  }

  /**
   * Reads the groups of every workspace, and again before they are old, so that whoever types waits for nothing. Resolves when
   * they were read once or it is clear that it takes longer; goes on until `signal`.
   */
  async keepFresh(signal: AbortSignal): Promise<void> {
    const first = this.#readAll(signal);
    void first.then(async () => {
      while (!signal.aborted) {
        await this.#options.clock.sleep(GROUPS_RENEW_MS, signal);
        await this.#readAll(signal);
      }
    });
    await this.#inTime(first, GROUPS_PATIENCE_MS);
  }

  /** A few workspaces at a time. A failure is logged where it happens and tried again the next time. */
  async #readAll(signal: AbortSignal): Promise<null> {
    const teams = await this.#options.workspaces.teams().catch(() => []);
    for (let start = 0; start < teams.length && !signal.aborted; start += READ_AT_ONCE) {
      await Promise.all(teams.slice(start, start + READ_AT_ONCE).map((team) => this.#readGroups(team).groups));
    }
    return null;
  }

  async #groupsOf(team: string, user: string): Promise<readonly string[]> {
    const known = this.#groups.get(team);
    const age = known === undefined ? Number.POSITIVE_INFINITY : this.#options.clock.now() - known.at;
    if (known !== undefined && age < GROUPS_FRESH_MS) {
      if (age > GROUPS_RENEW_MS) this.#readGroups(team);
      return known.byUser.get(user) ?? [];
    }
    const failedAt = this.#failedAt.get(team);
    if (failedAt !== undefined && this.#options.clock.now() - failedAt < RETRY_MS) return [];
    const { since, groups } = this.#readGroups(team);
    const hopelessIn = since + GROUPS_HOPELESS_MS - this.#options.clock.now();
    const read = await this.#inTime(groups, Math.min(GROUPS_PATIENCE_MS, hopelessIn));
    return read?.byUser.get(user) ?? [];
  }

  /** One request at a time for a workspace: https://docs.slack.dev/reference/methods/usergroups.list. */
  #readGroups(team: string): Reading {
    const running = this.#reading.get(team);
    if (running !== undefined) return running;
    const groups = this.#requestGroups(team)
      .catch(() => {
        this.#options.logger.warn({ team }, 'the user groups of Slack could not be read: nobody counts as a member of one');
        this.#failedAt.set(team, this.#options.clock.now());
        return null;
      })
      .finally(() => this.#reading.delete(team));
    const reading = { since: this.#options.clock.now(), groups };
    this.#reading.set(team, reading);
    return reading;
  }

  async #requestGroups(team: string): Promise<Groups | null> {
    const client = await this.#options.workspaces.client(team);
    if (client === null) return null;
    const { usergroups = [] } = await client.usergroups.list({ include_users: true });
    const byUser = new Map<string, string[]>();
    for (const { id, users = [] } of usergroups) {
      for (const user of users) byUser.set(user, [...(byUser.get(user) ?? []), `slack-group:${id}`]);
    }
    const groups = { at: this.#options.clock.now(), byUser };
    this.#groups.set(team, groups);
    this.#failedAt.delete(team);
    return groups;
  }

  /** Messages name their writer by id only: https://docs.slack.dev/reference/methods/users.info. */
  async #readName(team: string, user: string, id: string): Promise<string | null> {
    const client = await this.#options.workspaces.client(team);
    if (client === null) return null;
    const { user: found } = await client.users.info({ user });
    const name = found?.profile?.display_name || found?.real_name || found?.name;
    if (!name) return null;
    this.#remember(id, name);
    return name;
  }

  async #inTime<Found>(work: Promise<Found | null>, ms: number): Promise<Found | null> {
    const giveUp = new AbortController();
    const late = this.#options.clock.sleep(Math.max(0, ms), giveUp.signal).then(() => null);
    try {
      return await Promise.race([work.catch(() => null), late]);
    } finally {
      giveUp.abort();
    }
  }

  #remember(id: string, name: string): void {
    if (this.#names.size >= MOST_NAMES) this.#names.delete(this.#names.keys().next().value ?? '');
    this.#names.set(id, name);
  }
}
