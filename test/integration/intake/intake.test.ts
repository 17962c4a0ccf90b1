import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { PostgresDatabase } from '../../../adapters/postgres/postgres-database.ts';
import { systemClock } from '../../../adapters/system/system-clock.ts';
import type { Account, IncomingDelivery } from '../../../src/chat/chat-intake.ts';
import type { Reply } from '../../../src/chat/command.ts';
import type { IntakeParts } from '../../../src/chat-core/intake/parts.ts';
import { sealAsked } from '../../../src/chat-core/intake/sealed-delivery.ts';
import { type StartedIntake, startIntake } from '../../../src/chat-core/intake/start-intake.ts';
import type { Database } from '../../../src/ports/database.ts';
import { StoreUnavailableError } from '../../../src/ports/faults.ts';
import { countingCore } from '../../support/delivery/counting-core.ts';
import { mortal } from '../../support/delivery/delivery-lab.ts';
import { NO_DELIVERY_METRICS, turningSealer } from '../../support/delivery/parts.ts';
import { createTestDatabase, MESSAGE_SEALER, silentLogger, type TestDatabase } from '../../support/postgres.ts';
import { startRestartablePostgres } from '../../support/postgres-server.ts';

const REPLY: Reply = { kind: 'message', visibility: 'public', message: { summary: 'done', tone: 'success', elements: [] } };
const account: Account = { id: 'T1/U1', name: 'Ada', groups: ['slack-group:S1'] };

let test: TestDatabase;
const started: StartedIntake[] = [];
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 10 });
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((each) => each.stop()));
});
afterAll(() => test.drop());

const aDelivery = (changes: Partial<IncomingDelivery> = {}): IncomingDelivery => ({
  platform: 'slack',
  deliveryId: randomUUID(),
  channel: 'T1/C1',
  account,
  what: { kind: 'command', text: '/status shop' },
  handle: { responseUrl: 'https://example.test/secret' },
  ...changes,
});

function partsOf(changes: Partial<IntakeParts> & { effect?: () => Promise<Reply> } = {}): IntakeParts {
  const { effect = async () => REPLY, database = test.database, ...rest } = changes;
  return {
    core: countingCore(database, effect),
    commands: [],
    actions: [],
    database,
    sealer: turningSealer,
    clock: systemClock,
    logger: silentLogger,
    metrics: NO_DELIVERY_METRICS,
    findPerson: async (_platform, { id, name }) => ({ id: `person-of-${id}`, name }),
    ...rest,
    settings: { sweepMs: 50, claimMs: 600, againMs: 3_100, stopMs: 500, ...rest.settings },
  };
}

function start(changes: Parameters<typeof partsOf>[0] = {}): StartedIntake {
  const intake = startIntake(partsOf(changes));
  started.push(intake);
  return intake;
}

async function rowOf(deliveryId: string, url = test.url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(
    'SELECT payload, handle, answered_at, tries, claimed_until < clock_timestamp() AS is_free FROM intake WHERE delivery_id = $1',
    [deliveryId],
  );
  await client.end();
  return rows[0] ?? null;
}

async function unanswered(): Promise<number> {
  const client = new pg.Client({ connectionString: test.url });
  await client.connect();
  const { rows } = await client.query('SELECT count(*)::int AS count FROM intake WHERE answered_at IS NULL');
  await client.end();
  return rows[0].count;
}

const isDone = (deliveryId: string, url?: string) =>
  vi.waitFor(async () => expect((await rowOf(deliveryId, url))?.answered_at).not.toBeNull(), { timeout: 15_000, interval: 30 });

describe('the intake', () => {
  it('keeps a delivery, works on it at once, and forgets what was asked', async () => {
    const effect = vi.fn(async () => REPLY);
    const { intake } = start({ effect });
    const delivery = aDelivery();
    const accepted = await intake.accept(delivery);
    expect(accepted.kind).toBe('accepted');
    expect(accepted.kind === 'accepted' && (await accepted.settled)).toEqual(REPLY);
    await isDone(delivery.deliveryId);
    const row = await rowOf(delivery.deliveryId);
    expect(row.payload).toBeNull();
    expect(row.handle.toString()).not.toContain('secret');
    expect(effect).toHaveBeenCalledTimes(1);
    expect(await intake.accept(delivery)).toEqual({ kind: 'repeated' });
  });

  it('has one effect for a thousand replays over two instances', async () => {
    const effect = vi.fn(async () => REPLY);
    const both = [start({ effect }).intake, start({ effect, database: test.another() }).intake] as const;
    const delivery = aDelivery();
    const kinds: string[] = [];
    for (let round = 0; round < 10; round += 1) {
      const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => both[index % 2 === 0 ? 0 : 1].accept(delivery)));
      kinds.push(...answers.map(({ kind }) => kind));
    }
    await isDone(delivery.deliveryId);
    expect(kinds.filter((kind) => kind === 'accepted')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'repeated')).toHaveLength(999);
    expect(effect).toHaveBeenCalledTimes(1);
  });

  it('answers what a process kept before it died', async () => {
    let isDead = false;
    const database = mortal(test.another(), () => isDead);
    const dying = start({ database, effect: () => new Promise<Reply>(() => undefined) });
    const delivery = aDelivery();
    await dying.intake.accept(delivery);
    await vi.waitFor(async () => expect(await test.database.stores.inbox.acceptedAt('chat:slack', delivery.deliveryId)).not.toBeNull());
    isDead = true;
    const effect = vi.fn(async () => REPLY);
    start({ effect });
    await isDone(delivery.deliveryId);
    expect(effect).toHaveBeenCalledTimes(1);
  });

  it('has no second effect when a process died between the effect and its note of it', async () => {
    let isDead = false;
    const database = mortal(test.another(), () => isDead);
    const effect = vi.fn(async () => REPLY);
    const core = countingCore(test.database, effect);
    const dying = start({
      database,
      core: {
        ...core,
        command: async (delivery) => {
          const reply = await core.command(delivery);
          isDead = true;
          return reply;
        },
      },
    });
    const delivery = aDelivery();
    await dying.intake.accept(delivery);
    start({ effect });
    await isDone(delivery.deliveryId);
    expect(effect).toHaveBeenCalledTimes(1);
  });

  it('tries again what the core could not answer because the database went away under it', async () => {
    let isFirst = true;
    const core = countingCore(test.database, async () => REPLY);
    const { intake } = start({
      core: {
        ...core,
        // It answers from memory and has stored nothing.
        command: async (delivery) => {
          if (!isFirst) return core.command(delivery);
          isFirst = false;
          return REPLY;
        },
      },
      settings: { againMs: 100 },
    });
    const delivery = aDelivery();
    await intake.accept(delivery);
    await isDone(delivery.deliveryId);
    expect(await test.database.stores.inbox.acceptedAt('chat-answered:slack', delivery.deliveryId)).not.toBeNull();
    expect((await rowOf(delivery.deliveryId)).tries).toBe(2);
  });

  it('answers privately when the person cannot be found out, and tries again first when that may pass', async () => {
    const broken = aDelivery();
    const passing = aDelivery();
    let failures = 0;
    const { intake } = start({
      settings: { againMs: 50 },
      findPerson: async (platform, { id, name }) => {
        failures += 1;
        if (failures === 1) throw new Error('no such table');
        if (failures < 4) throw new StoreUnavailableError('away');
        return { id: `${platform}-${id}`, name };
      },
    });
    await intake.accept(broken);
    await isDone(broken.deliveryId);
    const answer = await test.database.stores.messages.findByKey('slack', 'T1/C1', `reply:${broken.deliveryId}`);
    expect(answer).toMatchObject({ privateTo: 'account:T1/U1', author: { kind: 'bot' } });
    expect(JSON.stringify(answer?.content)).toContain('Something broke on our side');
    expect(JSON.stringify(answer?.content)).not.toContain('no such table');
    await intake.accept(passing);
    await isDone(passing.deliveryId);
    expect(await test.database.stores.messages.findByKey('slack', 'T1/C1', `reply:${passing.deliveryId}`)).toBeNull();
    expect((await rowOf(passing.deliveryId)).tries).toBe(3);
  });

  it('gives up with an answer what breaks every process that takes it', async () => {
    const { intake } = start({
      settings: { againMs: 10, tries: 3 },
      findPerson: async () => {
        throw new StoreUnavailableError('away');
      },
    });
    const delivery = aDelivery();
    await intake.accept(delivery);
    await isDone(delivery.deliveryId);
    expect(await test.database.stores.messages.findByKey('slack', 'T1/C1', `reply:${delivery.deliveryId}`)).not.toBeNull();
  });

  it('asks to do it again when the answer is a form and nobody is on the line any more', async () => {
    const effect = async (): Promise<Reply> => ({ kind: 'form', form: { action: 'deploy:x', title: 'Deploy', submit: 'Go', fields: [] } });
    const delivery = aDelivery();
    const { settled } = await keptBy(delivery);
    await settled;
    start({ effect });
    await isDone(delivery.deliveryId);
    const answer = await test.database.stores.messages.findByKey('slack', 'T1/C1', `reply:${delivery.deliveryId}`);
    expect(JSON.stringify(answer?.content)).toContain('click the button again');
  });

  /** Kept and released by a process that stopped before it could answer. */
  async function keptBy(delivery: IncomingDelivery) {
    const stopped = startIntake(
      partsOf({
        findPerson: async () => {
          throw new StoreUnavailableError('away');
        },
        settings: { againMs: 100, sweepMs: 60_000 },
      }),
    );
    const accepted = await stopped.intake.accept(delivery);
    if (accepted.kind !== 'accepted') throw new Error(accepted.kind);
    await accepted.settled;
    await stopped.stop();
    return accepted;
  }

  it('works on so many at a time; the others wait, and nothing is lost', async () => {
    let running = 0;
    let most = 0;
    const effect = vi.fn(async () => {
      running += 1;
      most = Math.max(most, running);
      await systemClock.sleep(20);
      running -= 1;
      return REPLY;
    });
    const { intake } = start({ effect, settings: { inWork: 3, waiting: 4 } });
    const deliveries = Array.from({ length: 30 }, () => aDelivery());
    const accepted = await Promise.all(deliveries.map((delivery) => intake.accept(delivery)));
    expect(accepted.every(({ kind }) => kind === 'accepted')).toBe(true);
    for (const { deliveryId } of deliveries) await isDone(deliveryId);
    expect(effect).toHaveBeenCalledTimes(30);
    expect(most).toBe(3);
  });

  it('works off more than one taking of what waits in the database', async () => {
    const effect = vi.fn(async () => REPLY);
    const { intake } = test.database.stores;
    const names = Array.from({ length: 450 }, (_, index) => ({ platform: 'slack', deliveryId: `${randomUUID()}-${index}` }));
    await intake.keep(
      names.map((name) => {
        const payload = sealAsked(turningSealer, name, { what: { kind: 'command', text: '/status' }, account });
        return {
          delivery: { ...name, channel: 'T1/C1', accountId: 'T1/U1', payload, handle: null, receivedAt: 1, token: randomUUID() },
          claim: null,
        };
      }),
    );
    // One sweep, and then none for long.
    start({ effect, settings: { sweepMs: 60_000 } });
    await vi.waitFor(() => expect(effect).toHaveBeenCalledTimes(450), { timeout: 30_000 });
    await vi.waitFor(async () => expect(await unanswered()).toBe(0), { timeout: 15_000 });
  });

  it('leaves what waits to another process when it stops, and lets what runs end', async () => {
    const finished: string[] = [];
    const effectOf = (name: string) => async () => {
      await systemClock.sleep(100);
      finished.push(name);
      return REPLY;
    };
    const first = startIntake(partsOf({ effect: effectOf('first'), settings: { inWork: 1 } }));
    const deliveries = [aDelivery(), aDelivery(), aDelivery()];
    for (const delivery of deliveries) await first.intake.accept(delivery);
    await first.stop();
    start({ effect: effectOf('second') });
    for (const { deliveryId } of deliveries) await isDone(deliveryId);
    expect(finished).toEqual(['first', 'second', 'second']);
  });

  it('completes for the person of the account, and without suggestions when that fails', async () => {
    const request = { platform: 'slack', account, channel: 'T1/C1', text: '/dep' };
    expect((await start().intake.complete(request)).completions).toEqual([{ value: 'person-of-T1/U1', label: 'Ada' }]);
    const failing = start({
      findPerson: async () => {
        throw new Error('no');
      },
    });
    expect(await failing.intake.complete(request)).toEqual({ replaceFrom: 4, completions: [] });
  });

  it('forgets how to answer an hour after the answer', async () => {
    const delivery = aDelivery();
    const { intake, stop } = startIntake(partsOf());
    await intake.accept(delivery);
    await isDone(delivery.deliveryId);
    await stop();
    expect((await rowOf(delivery.deliveryId)).handle).not.toBeNull();
    start({ clock: { ...systemClock, now: () => Date.now() + 3600 * 1000 + 1_000 } });
    await vi.waitFor(async () => expect((await rowOf(delivery.deliveryId)).handle).toBeNull());
    start({ clock: { ...systemClock, now: () => Date.now() + 73 * 3600 * 1000 } });
    await vi.waitFor(async () => expect(await rowOf(delivery.deliveryId)).toBeNull());
  });
});

describe('while the database is away', () => {
  it('does not take over from itself what it could not renew', async () => {
    const { intake: real } = test.database.stores;
    let isAway = false;
    let asked = 0;
    const store = new Proxy(real, {
      get(target, name: keyof typeof real) {
        asked += 1;
        if (isAway) throw new StoreUnavailableError('away');
        return target[name].bind(target);
      },
    });
    const { promise, resolve } = Promise.withResolvers<Reply>();
    const { intake } = start({ store, effect: () => promise });
    const delivery = aDelivery();
    await intake.accept(delivery);
    isAway = true;
    await vi.waitFor(async () => expect((await rowOf(delivery.deliveryId)).is_free).toBe(true), { timeout: 5_000 });
    isAway = false;
    // Time for some sweeps, each of which would take it.
    const before = asked;
    await vi.waitFor(() => expect(asked).toBeGreaterThan(before + 5), { timeout: 5_000 });
    resolve(REPLY);
    await isDone(delivery.deliveryId);
    expect((await rowOf(delivery.deliveryId)).tries).toBe(1);
  });

  it('accepts when it comes back in time, and otherwise says so in time and does nothing', async () => {
    const server = await startRestartablePostgres();
    const database: Database & { migrate(): Promise<unknown> } = new PostgresDatabase({
      connectionString: server.url,
      logger: silentLogger,
      sealer: MESSAGE_SEALER,
    });
    try {
      await database.migrate();
      const effect = vi.fn(async () => REPLY);
      const { intake } = start({ database, effect });
      await server.down();
      const lost = aDelivery();
      const askedAt = performance.now();
      expect(await intake.accept(lost)).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('Try again') });
      expect(performance.now() - askedAt).toBeLessThan(2_500);

      const delivery = aDelivery();
      const accepting = intake.accept(delivery);
      await server.up();
      const accepted = await accepting;
      expect(accepted.kind).toBe('accepted');
      expect(accepted.kind === 'accepted' && (await accepted.settled)).toEqual(REPLY);
      await vi.waitFor(async () => expect(await rowOf(lost.deliveryId, server.url)).toMatchObject({ payload: null, tries: 0 }));
      await systemClock.sleep(300);
      expect(effect).toHaveBeenCalledTimes(1);
    } finally {
      await Promise.all(started.splice(0).map((each) => each.stop()));
      await database.close();
      await server.stop();
    }
  });

  /** Statements that keep something wait until `release`. */
  function slowStore() {
    const { intake: real } = test.database.stores;
    const { promise, resolve: release } = Promise.withResolvers<void>();
    const keep = async (...args: Parameters<typeof real.keep>) => {
      await promise;
      return real.keep(...args);
    };
    return { release, store: new Proxy(real, { get: (target, name) => (name === 'keep' ? keep : Reflect.get(target, name)) }) };
  }

  it('does nothing with what is kept after its sender was told that it is not', async () => {
    const { release, store } = slowStore();
    const effect = vi.fn(async () => REPLY);
    const { intake } = start({ effect, store });
    const delivery = aDelivery();
    const askedAt = performance.now();
    expect((await intake.accept(delivery)).kind).toBe('unavailable');
    expect(performance.now() - askedAt).toBeLessThan(2_500);
    release();
    await isDone(delivery.deliveryId);
    await systemClock.sleep(700);
    expect(effect).not.toHaveBeenCalled();
  });

  it('works once on what is kept late when the platform brings it again', async () => {
    const { release, store } = slowStore();
    const effect = vi.fn(async () => REPLY);
    const { intake } = start({ effect, store });
    const delivery = aDelivery({ isBroughtAgain: true });
    expect((await intake.accept(delivery)).kind).toBe('unavailable');
    release();
    await vi.waitFor(async () => expect(await rowOf(delivery.deliveryId)).not.toBeNull());
    expect((await intake.accept(delivery)).kind).toBe('repeated');
    await isDone(delivery.deliveryId);
    expect(effect).toHaveBeenCalledTimes(1);
  });
});
