import { inForce, withGrants } from '../application/access/with-grants.ts';
import type { RoleGrant } from '../ports/access-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Database } from '../ports/database.ts';
import type { Logger } from '../ports/logger.ts';
import type { Workspace } from '../ports/workspace.ts';

type AccessParts = {
  readonly database: Database;
  /** `shipmate.yml` as it is now. */
  readonly workspace: () => Workspace;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** Notifications are best effort, so grants are read this often in any case. */
const READ_EVERY_MS = 3_000;
/** Grants that could not be read again for longer than this may have been taken away meanwhile: they count no more. */
const TRUSTED_MS = 30_000;
const NONE: readonly RoleGrant[] = [];

/**
 * The workspace with the roles that were given in chat. Each process follows them by itself: on notice, and every few seconds. A
 * grant ends at its time without anybody doing something, and all of them end while they cannot be read.
 */
export class LiveAccess {
  readonly #parts: AccessParts;
  readonly #stop = new AbortController();
  #read: { readonly grants: readonly RoleGrant[]; readonly at: number };
  #held: { readonly grants: readonly RoleGrant[]; readonly until: number } = { grants: NONE, until: 0 };
  #reading: Promise<void> | null = null;
  #isOutdated = false;
  #listening: { stop(): Promise<void> } | null = null;
  #sweeping: Promise<void> = Promise.resolve();

  private constructor(parts: AccessParts, read: { readonly grants: readonly RoleGrant[]; readonly at: number }) {
    this.#parts = parts;
    this.#read = read;
  }

  /** Throws when grants cannot be read: nobody would know who may do what. */
  static async open(parts: AccessParts): Promise<LiveAccess> {
    const access = new LiveAccess(parts, await readGrants(parts));
    access.#listening = await parts.database.listen('access', () => void access.#reload());
    // Between the first look and the listening something may have changed.
    await access.#reload();
    access.#sweeping = access.#sweep();
    return access;
  }

  get current(): Workspace {
    return withGrants(this.#parts.workspace(), this.#inForce(this.#parts.clock.now()));
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#listening?.stop();
    await this.#sweeping;
    await this.#reading;
  }

  /** The same list until one of it ends, so that the workspace need not be made anew for every question. */
  #inForce(now: number): readonly RoleGrant[] {
    const { grants, at } = this.#read;
    if (now - at > TRUSTED_MS) return NONE;
    if (now >= this.#held.until) {
      const held = inForce(grants, now);
      this.#held = { grants: held, until: Math.min(...held.map(({ expiresAt }) => expiresAt ?? Number.POSITIVE_INFINITY)) };
    }
    return this.#held.grants;
  }

  /** One after another: an older answer never replaces a newer one. What is asked for while one is read is read again. */
  #reload(): Promise<void> {
    this.#isOutdated = true;
    this.#reading ??= this.#readUntilNew().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readUntilNew(): Promise<void> {
    while (this.#isOutdated) {
      this.#isOutdated = false;
      try {
        const read = await readGrants(this.#parts);
        const isSame = JSON.stringify(read.grants) === JSON.stringify(this.#read.grants);
        this.#read = isSame ? { ...read, grants: this.#read.grants } : read;
        if (!isSame) this.#held = { grants: NONE, until: 0 };
      } catch (error) {
        this.#warn(error);
      }
    }
  }

  #warn(error: unknown): void {
    const { clock, logger } = this.#parts;
    const isOver = clock.now() - this.#read.at > TRUSTED_MS;
    if (isOver) logger.error({ error }, 'roles given in chat cannot be read: none of them counts until they can');
    else logger.warn({ error }, 'roles given in chat could not be read; trying again');
  }

  async #sweep(): Promise<void> {
    const { signal } = this.#stop;
    for (;;) {
      await this.#parts.clock.sleep(READ_EVERY_MS, signal);
      if (signal.aborted) return;
      await this.#reload();
    }
  }
}

/** As old as its question, not as its answer. */
async function readGrants({ database, clock }: AccessParts): Promise<{ grants: readonly RoleGrant[]; at: number }> {
  const at = clock.now();
  return { grants: await database.stores.access.grants(at), at };
}
