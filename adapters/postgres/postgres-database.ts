import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { Kysely, PostgresDialect, sql } from 'kysely';
import type { Database, Stores, Topic } from '../../src/ports/database.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { RateLimits } from '../../src/ports/rate-limits.ts';
import type { SealedPlaces } from '../../src/ports/sealed-places.ts';
import type { Sealer } from '../../src/ports/sealer.ts';
import { PostgresAccessStore } from './access-store.ts';
import { PostgresApprovalStore } from './approval-store.ts';
import { PostgresAuditLog } from './audit-log.ts';
import { PostgresBreakerStore } from './breaker-store.ts';
import { PostgresBrokenGlassStore } from './broken-glass-store.ts';
import { PostgresCommitStore } from './commit-store.ts';
import { PostgresConfigurationHistory } from './configuration-history.ts';
import { asFault, isRetryable } from './connection-errors.ts';
import { PostgresDeliveryStore } from './delivery-store.ts';
import { PostgresDeploymentStore } from './deployment-store.ts';
import { PostgresFactorLinkStore, PostgresFactorResetStore } from './factor-link-store.ts';
import { PostgresFactorStore } from './factor-store.ts';
import { PostgresIdentityStore } from './identity-store.ts';
import { PostgresInbox } from './inbox.ts';
import { PostgresInstallationStore } from './installation-store.ts';
import { PostgresIntakeStore } from './intake-store.ts';
import { PostgresLeaseStore } from './lease-store.ts';
import { PostgresLockStore } from './lock-store.ts';
import { PostgresMembershipStore } from './membership-store.ts';
import { MessageContent } from './message-content.ts';
import { PostgresMessageStore } from './message-store.ts';
import { migrate, pendingMigrations } from './migrations.ts';
import { channelOf, Notifications } from './notifications.ts';
import { createPool } from './pool.ts';
import { PostgresRateLimits } from './rate-limits.ts';
import { PostgresReleaseStore } from './release-store.ts';
import type { Tables } from './schema.ts';
import { PostgresSealedPlaces } from './sealed-places.ts';
import { PostgresSecretStore } from './secret-store.ts';
import { PostgresSessionStore } from './session-store.ts';
import { PostgresSubscriptionStore } from './subscription-store.ts';
import { PostgresTokenStore } from './token-store.ts';
import { PostgresTokenWishStore } from './token-wish-store.ts';

export type PostgresDatabaseOptions = {
  readonly connectionString: string;
  /** The same database as the owner of its tables, for migrations; null when `connectionString` is the owner’s. */
  readonly ownerUrl?: string | null;
  readonly logger: Logger;
  /** Seals private messages; who neither writes nor reads any needs none. */
  readonly sealer?: Sealer;
  /** Connections for queries; listening has one more of its own, and deliveries have theirs. */
  readonly poolSize?: number;
};

const TRANSACTION_ATTEMPTS = 8;
/** Connections on which deliveries are kept: whoever waits for an acknowledgement does not wait behind what commands ask. */
const INTAKE_CONNECTIONS = 3;

/** A restart of the server fails the calls of that moment with StoreUnavailableError; the next ones connect again. */
export class PostgresDatabase implements Database {
  readonly stores: Stores;
  readonly rateLimits: RateLimits;
  readonly sealedPlaces: SealedPlaces;
  readonly #options: PostgresDatabaseOptions;
  readonly #db: Kysely<Tables>;
  readonly #intakeDb: Kysely<Tables>;
  readonly #notifications: Notifications;
  readonly #content: MessageContent;
  /** Which connection or transaction a set of stores writes to, so that a notification joins their transaction. */
  readonly #executors = new WeakMap<Stores, Kysely<Tables>>();
  readonly #retry = retry(handleWhen(isRetryable), {
    maxAttempts: TRANSACTION_ATTEMPTS,
    backoff: new ExponentialBackoff({ initialDelay: 5, maxDelay: 200 }),
  });

  constructor(options: PostgresDatabaseOptions) {
    this.#options = options;
    const { connectionString, logger, poolSize = 10 } = options;
    const pool = createPool({ connectionString, logger, size: poolSize, statementTimeoutMs: 30_000 });
    this.#db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
    const intakePool = createPool({ connectionString, logger, size: INTAKE_CONNECTIONS, statementTimeoutMs: 30_000 });
    this.#intakeDb = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: intakePool }) });
    this.#notifications = new Notifications(connectionString, logger);
    this.#content = new MessageContent(options.sealer ?? null);
    this.stores = this.#storesOn(this.#db, this.#intakeDb);
    this.rateLimits = new PostgresRateLimits(pool);
    this.sealedPlaces = withFaults(new PostgresSealedPlaces(this.#db));
  }

  /** Brings the tables up to this code; returns the names of the migrations it ran. Throws DatabaseNewerError. */
  migrate(): Promise<readonly string[]> {
    return migrate(this.#options.connectionString, this.#options.ownerUrl ?? null, this.#options.logger);
  }

  /** Migrations that this code has and the database lacks. Throws DatabaseNewerError. */
  pendingMigrations(): Promise<readonly string[]> {
    return pendingMigrations(this.#options.connectionString, this.#options.logger);
  }

  async transact<T>(work: (stores: Stores) => Promise<T>): Promise<T> {
    try {
      return await this.#retry.execute(() => this.#db.transaction().execute((transaction) => work(this.#storesOn(transaction))));
    } catch (error) {
      throw asFault(error);
    }
  }

  async notify(stores: Stores, topic: Topic, id: string): Promise<void> {
    const executor = this.#executors.get(stores);
    if (executor === undefined) throw new Error('these stores belong to another database');
    try {
      await sql`SELECT pg_notify(${channelOf(topic)}, ${id})`.execute(executor);
    } catch (error) {
      throw asFault(error);
    }
  }

  listen(topic: Topic, onNotify: (id: string) => void): Promise<{ stop(): Promise<void> }> {
    return this.#notifications.listen(topic, onNotify);
  }

  async ping(): Promise<void> {
    try {
      await sql`SELECT 1`.execute(this.#db);
    } catch (error) {
      throw asFault(error);
    }
  }

  async close(): Promise<void> {
    await this.#notifications.close();
    await Promise.all([this.#db.destroy(), this.#intakeDb.destroy()]);
  }

  #storesOn(db: Kysely<Tables>, intakeDb = db): Stores {
    const stores: Stores = {
      deployments: withFaults(new PostgresDeploymentStore(db)),
      releases: withFaults(new PostgresReleaseStore(db)),
      leases: withFaults(new PostgresLeaseStore(db)),
      audit: withFaults(new PostgresAuditLog(db)),
      approvals: withFaults(new PostgresApprovalStore(db)),
      brokenGlass: withFaults(new PostgresBrokenGlassStore(db)),
      access: withFaults(new PostgresAccessStore(db)),
      intake: withFaults(new PostgresIntakeStore(intakeDb)),
      deliveries: withFaults(new PostgresDeliveryStore(db, this.#content)),
      installations: withFaults(new PostgresInstallationStore(db)),
      inbox: withFaults(new PostgresInbox(db)),
      messages: withFaults(new PostgresMessageStore(db, this.#content)),
      configuration: withFaults(new PostgresConfigurationHistory(db)),
      factors: withFaults(new PostgresFactorStore(db)),
      factorLinks: withFaults(new PostgresFactorLinkStore(db)),
      factorResets: withFaults(new PostgresFactorResetStore(db)),
      identities: withFaults(new PostgresIdentityStore(db)),
      secrets: withFaults(new PostgresSecretStore(db)),
      tokens: withFaults(new PostgresTokenStore(db)),
      tokenWishes: withFaults(new PostgresTokenWishStore(db)),
      sessions: withFaults(new PostgresSessionStore(db)),
      locks: withFaults(new PostgresLockStore(db)),
      memberships: withFaults(new PostgresMembershipStore(db)),
      subscriptions: withFaults(new PostgresSubscriptionStore(db)),
      breakers: withFaults(new PostgresBreakerStore(db)),
      commits: withFaults(new PostgresCommitStore(db)),
    };
    this.#executors.set(stores, db);
    return stores;
  }
}

/** The same store, whose methods throw StoreUnavailableError where the driver reports a lost connection. */
function withFaults<T extends object>(store: T): T {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]): Promise<unknown> => {
        try {
          return await Reflect.apply(member, target, args);
        } catch (error) {
          throw asFault(error);
        }
      };
    },
  });
}
