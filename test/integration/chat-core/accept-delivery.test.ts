import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../adapters/system/system-clock.ts';
import type { CommandContext } from '../../../src/chat/command.ts';
import { acceptDelivery, markAnswered } from '../../../src/chat-core/accept-delivery.ts';
import type { ChatCoreParts } from '../../../src/chat-core/parts.ts';
import { aWorkspace } from '../../support/builders.ts';
import { NO_METRICS } from '../../support/builders-parts.ts';
import { createTestDatabase, silentLogger, type TestDatabase } from '../../support/postgres.ts';
import { fakeUseCases } from '../../unit/commands/fake-use-cases.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

function setUp(): { parts: ChatCoreParts; at: (now: number) => CommandContext } {
  const deliveryId = randomUUID();
  const parts: ChatCoreParts = {
    database: test.database,
    rateLimits: test.database.rateLimits,
    workspace: () => aWorkspace(),
    commands: [],
    actions: [],
    useCases: fakeUseCases({}),
    projection: { project: () => Promise.resolve(null) },
    clock: systemClock,
    logger: silentLogger,
    metrics: NO_METRICS,
  };
  return { parts, at: (now) => ({ platform: 'web', channel: 'ops', person: { id: 'ada', name: 'Ada' }, deliveryId, now }) };
}

describe('a delivery that comes again', () => {
  it('is nothing new while the first one is being answered', async () => {
    const { parts, at } = setUp();
    expect(await acceptDelivery(parts, at(10_000), null)).toBe(true);
    expect(await acceptDelivery(parts, at(12_000), null)).toBe(false);
  });

  it('is done after all when whoever accepted it died before answering', async () => {
    const { parts, at } = setUp();
    expect(await acceptDelivery(parts, at(10_000), null)).toBe(true);
    expect(await acceptDelivery(parts, at(14_000), null)).toBe(true);
  });

  it('is nothing new for ever once it was answered', async () => {
    const { parts, at } = setUp();
    await acceptDelivery(parts, at(10_000), null);
    await markAnswered(parts, at(10_000));
    expect(await acceptDelivery(parts, at(99_000), null)).toBe(false);
  });
});
