import { describe, expect, it } from 'vitest';
import { actions } from '../../../commands/actions/index.ts';
import type { FreezeRequest, LockRequest, UnfreezeRequest } from '../../../src/application/locks/use-cases.ts';
import type { UseCases } from '../../../src/application/use-cases.ts';
import type { CommandContext, Reply } from '../../../src/chat/command.ts';
import type { DeployLock } from '../../../src/domain/deploy-lock.ts';
import { refusal } from '../../../src/domain/refusal.ts';
import type { Scope } from '../../../src/domain/scope.ts';
import { fakeUseCases } from './fake-use-cases.ts';
import { operating } from './operating.ts';

const context: CommandContext = { person: { id: 'dana', name: 'Dana' }, platform: 'web', channel: 'ops', deliveryId: 'x1', now: 1000 };
const HOUR = 3_600_000;

const aLock = (members: Partial<DeployLock> = {}): DeployLock => ({
  id: 'l1',
  scope: { app: 'shop', environment: 'production' },
  holder: { id: 'dana', name: 'Dana' },
  reason: 'db migration',
  since: 1000,
  expiresAt: 1000 + 2 * HOUR,
  ...members,
});

const { run } = operating(context);

async function asked(text: string): Promise<Pick<LockRequest, 'scope' | 'reason' | 'forMs'> | Reply> {
  let request: LockRequest | null = null;
  const reply = await run(text, {
    lockEnvironment: async (given) => {
      request = given;
      return aLock();
    },
  });
  if (request === null) return reply;
  const { scope, reason, forMs } = request as LockRequest;
  return { scope, reason, forMs };
}

const production: Scope = { app: 'shop', environment: 'production' };
const everything: Scope = { app: null, environment: null };

describe('/lock', () => {
  it.each([
    ['/lock shop production "db migration" 2h', { scope: production, reason: 'db migration', forMs: 2 * HOUR }],
    ['/lock shop production "db migration"', { scope: production, reason: 'db migration', forMs: null }],
    ['/lock Shop Production 90m', { scope: production, reason: null, forMs: 1.5 * HOUR }],
    ['/lock shop production', { scope: production, reason: null, forMs: null }],
    ['/lock shop all "new cluster" 1d', { scope: { app: 'shop', environment: null }, reason: 'new cluster', forMs: 24 * HOUR }],
    ['/lock all "incident" 1h', { scope: everything, reason: 'incident', forMs: HOUR }],
    ['/lock all 1h', { scope: everything, reason: null, forMs: HOUR }],
    ['/lock all', { scope: everything, reason: null, forMs: null }],
    ['/lock all production "incident"', { scope: { app: null, environment: 'production' }, reason: 'incident', forMs: null }],
    ['/lock shop production --reason "db migration" --duration 2h', { scope: production, reason: 'db migration', forMs: 2 * HOUR }],
  ])('reads %s', async (text, expected) => {
    expect(await asked(text)).toEqual(expected);
  });

  it.each([
    ['/lock shop', 'Which environment of shop?'],
    ['/lock shop "db migration"', '“db migration” is no environment.'],
    ['/lock shop production "db migration" soon', '“soon” is no length of time.'],
    ['/lock shop production 9999d', 'That is longer than 366 days.'],
  ])('refuses %s', async (text, message) => {
    expect(await asked(text)).toMatchObject({ kind: 'refusal', refusal: { message } });
  });

  it('says in public who holds it, why, and until when in each reader’s own time', async () => {
    const reply = await run('/lock shop production "db migration" 2h', { lockEnvironment: async () => aLock() });
    expect(reply).toMatchObject({
      kind: 'message',
      visibility: 'public',
      message: { summary: 'shop production is locked by Dana: db migration.' },
    });
    expect(reply).toHaveProperty('message.elements', expect.arrayContaining([{ type: 'time', label: 'Ends', at: 1000 + 2 * HOUR }]));
  });

  it('takes a lock over only with --steal, and names whose it was', async () => {
    const stealLock = async () => ({ lock: aLock(), from: { id: 'olga', name: 'Olga' } });
    expect(await run('/lock shop production', { stealLock })).toMatchObject({ kind: 'refusal' });
    expect(await run('/lock shop production --steal', { stealLock })).toMatchObject({
      visibility: 'public',
      message: { summary: 'Dana took over Olga’s lock on shop production' },
    });
  });
});

describe('/unlock', () => {
  it('releases exactly what is named', async () => {
    const scopes: Scope[] = [];
    const unlockEnvironment: UseCases['unlockEnvironment'] = async ({ scope }) => {
      scopes.push(scope);
      return aLock({ scope, holder: { id: 'olga', name: 'Olga' } });
    };
    expect(await run('/unlock shop production', { unlockEnvironment })).toMatchObject({
      visibility: 'public',
      message: { summary: 'Dana released the lock of Olga on shop production' },
    });
    await run('/unlock all', { unlockEnvironment });
    expect(scopes).toEqual([production, everything]);
    expect(await run('/unlock all "incident"', { unlockEnvironment })).toMatchObject({ kind: 'refusal' });
    expect(scopes).toHaveLength(2);
  });
});

describe('/locks', () => {
  it('shows only the asker, with a button for their own', async () => {
    const other = aLock({ id: 'l2', scope: everything, holder: { id: 'olga', name: 'Olga' }, reason: null, expiresAt: null });
    const reply = await run('/locks', { listLocks: async () => [other, aLock()] });
    expect(reply).toMatchObject({ kind: 'message', visibility: 'private' });
    const elements = reply.kind === 'message' ? reply.message.elements : [];
    expect(elements).toContainEqual({ type: 'text', text: '🔒 Every app is locked by Olga.', style: 'strong' });
    expect(elements.find(({ type }) => type === 'buttons')).toMatchObject({ buttons: [{ action: 'unlock:shop.production' }] });
  });
});

describe('the button of one’s own lock', () => {
  const click = (verb: string, id: string, useCases: Partial<UseCases>) =>
    actions.find((action) => action.verb === verb)?.handle(fakeUseCases(useCases), id, {}, context);

  it('releases it', async () => {
    const scopes: Scope[] = [];
    const unlockEnvironment: UseCases['unlockEnvironment'] = async ({ scope }) => {
      scopes.push(scope);
      return aLock({ scope });
    };
    for (const id of ['shop.production', '_.production', '_._']) await click('unlock', id, { unlockEnvironment });
    expect(scopes).toEqual([production, { app: null, environment: 'production' }, everything]);
    expect(await click('unlock', 'shop', { unlockEnvironment })).toMatchObject({ kind: 'refusal' });
    expect(await click('unlock', 'shop.production.x', { unlockEnvironment })).toMatchObject({ kind: 'refusal' });
    expect(scopes).toHaveLength(3);
  });

  it('is beside the one that tells when an environment opens, privately', async () => {
    const watched: string[] = [];
    const watchOpening: UseCases['watchOpening'] = async ({ app, environment, person }) => {
      watched.push(`${app} ${environment} ${person.id}`);
      return { isOpen: false, opensAt: 5000 };
    };
    expect(await click('watch-opening', 'shop.production', { watchOpening })).toMatchObject({ kind: 'message', visibility: 'private' });
    expect(await click('watch-opening', '_.production', { watchOpening })).toMatchObject({ kind: 'refusal' });
    expect(watched).toEqual(['shop production dana']);
  });
});

describe('/freeze', () => {
  async function frozen(text: string): Promise<Omit<FreezeRequest, 'person' | 'source'> | Reply> {
    let request: FreezeRequest | null = null;
    const reply = await run(text, {
      freeze: async (given) => {
        request = given;
        return refusal('not_allowed', 'no');
      },
    });
    if (request === null) return reply;
    const { scope, reason, schedule } = request as FreezeRequest;
    return { scope, reason, schedule };
  }
  const none = { from: null, until: null, cron: null, lasts: null, timeZone: null };

  it.each([
    ['/freeze shop production "stocktaking" --for 3h', { scope: production, reason: 'stocktaking', schedule: { ...none, lasts: '3h' } }],
    [
      '/freeze shop production Christmas --from 2026-12-23 --until 2026-12-27 --time-zone Europe/Berlin',
      { scope: production, reason: 'Christmas', schedule: { ...none, from: '2026-12-23', until: '2026-12-27', timeZone: 'Europe/Berlin' } },
    ],
    [
      '/freeze all production "weekend" --cron "0 18 * * FRI" --for 2d15h --time-zone Europe/Berlin',
      {
        scope: { app: null, environment: 'production' },
        reason: 'weekend',
        schedule: { ...none, cron: '0 18 * * FRI', lasts: '2d15h', timeZone: 'Europe/Berlin' },
      },
    ],
    ['/freeze all "incident" --for 1h', { scope: everything, reason: 'incident', schedule: { ...none, lasts: '1h' } }],
  ])('reads %s', async (text, expected) => {
    expect(await frozen(text)).toEqual(expected);
  });

  it.each(['/freeze shop production --for 3h', '/freeze all --for 3h', '/freeze all "one" "two" --for 3h'])(
    'refuses %s: it needs one reason',
    async (text) => {
      expect(await frozen(text)).toMatchObject({
        kind: 'refusal',
        refusal: { refused: 'invalid_arguments', message: expect.stringContaining('reason') },
      });
    },
  );

  it('is shown with its id, which /unfreeze takes', async () => {
    const targets: UnfreezeRequest['target'][] = [];
    const freeze = {
      id: '7k2m9x4q12345',
      scope: production,
      schedule: { kind: 'once', from: 1, until: 2 },
      reason: 'Christmas',
      createdBy: context.person,
      createdAt: 0,
    } as const;
    const unfreeze: UseCases['unfreeze'] = async ({ target }) => {
      targets.push(target);
      return [freeze];
    };
    const made = await run('/freeze shop production Christmas --for 1h', { freeze: async () => freeze });
    expect(JSON.stringify(made)).toContain('/unfreeze 7k2m9x4q');
    await run('/unfreeze 7K2M9X4Q', { unfreeze });
    await run('/unfreeze shop production', { unfreeze });
    await run('/unfreeze all', { unfreeze });
    expect(targets).toEqual([{ id: '7k2m9x4q' }, { scope: production }, { scope: everything }]);
    expect(await run('/unfreeze shop', { unfreeze })).toMatchObject({
      kind: 'refusal',
      refusal: { message: 'Which environment of shop?' },
    });
  });
});

describe('/freezes', () => {
  it('lists what holds, what comes, and when an environment takes deployments', async () => {
    const recurring = { kind: 'recurring', cron: '0 9 * * MON-FRI', timeZone: 'Europe/Berlin', lasts: { days: 0, ms: 8 * HOUR } } as const;
    const reply = await run('/freezes', {
      listFreezes: async () => ({
        freezes: [
          {
            freeze: {
              id: null,
              scope: { app: null, environment: 'production' },
              schedule: { ...recurring, lasts: { days: 2, ms: 15 * HOUR } },
              reason: 'weekend',
              createdBy: null,
              createdAt: 0,
            },
            isHolding: true,
            at: 9000,
          },
        ],
        windows: [{ environment: 'staging', windows: [recurring], isOpen: false, at: 7000 }],
      }),
    });
    expect(reply).toMatchObject({ kind: 'message', visibility: 'private', message: { summary: 'Something is frozen now' } });
    const elements = reply.kind === 'message' ? reply.message.elements : [];
    expect(elements).toContainEqual({ type: 'time', label: 'Ends', at: 9000 });
    expect(elements).toContainEqual({ type: 'time', label: 'Opens', at: 7000 });
    expect(JSON.stringify(elements)).toContain('for 2d15h (Europe/Berlin)');
  });
});
