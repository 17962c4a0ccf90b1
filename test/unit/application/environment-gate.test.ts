import { describe, expect, it } from 'vitest';
import { askGate, type GateRequest } from '../../../src/application/environment-gate.ts';
import type { NewAuditRecord } from '../../../src/domain/audit.ts';
import { type DeployLock, SYSTEM_HOLDER } from '../../../src/domain/deploy-lock.ts';
import type { Refusal } from '../../../src/domain/refusal.ts';
import type { AuditLog } from '../../../src/ports/audit-log.ts';
import type { LockStore, StoredFreeze } from '../../../src/ports/lock-store.ts';
import type { EnvironmentConfig } from '../../../src/ports/workspace.ts';
import { refusalView } from '../../../src/views/refusal.ts';
import { anEnvironment, aWorkspace } from '../../support/builders.ts';
import { only, someParts } from '../../support/builders-parts.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const HOUR = 3_600_000;
const dana = { id: 'dana', name: 'Dana' };

const aLock: DeployLock = {
  id: 'l1',
  scope: { app: 'shop', environment: 'staging' },
  holder: { id: 'olga', name: 'Olga' },
  reason: 'db migration',
  since: NOW - HOUR,
  expiresAt: NOW + HOUR,
};
const aFreeze: StoredFreeze = {
  id: 'f1',
  scope: { app: null, environment: 'staging' },
  schedule: { kind: 'once', from: NOW - HOUR, until: NOW + 2 * HOUR },
  reason: 'stocktaking',
  createdBy: { id: 'adam', name: 'Adam' },
  createdAt: 0,
};
const weekdays = { kind: 'recurring', cron: '0 9 * * MON-FRI', timeZone: 'UTC', lasts: { days: 0, ms: 8 * HOUR } } as const;

type World = {
  readonly locks?: readonly DeployLock[];
  readonly freezes?: readonly StoredFreeze[];
  readonly environment?: Partial<EnvironmentConfig>;
};

async function ask(
  world: World,
  request: Partial<GateRequest> = {},
): Promise<{ refused: Refusal | null; records: readonly NewAuditRecord[] }> {
  const records: NewAuditRecord[] = [];
  const stores = {
    locks: only<LockStore>('locks', { standing: async () => world.locks ?? [], freezes: async () => world.freezes ?? [] }),
    audit: only<AuditLog>('audit', {
      append: async (record) => {
        records.push(record);
      },
    }),
  };
  const parts = someParts({ workspace: () => aWorkspace({ environments: { staging: anEnvironment('staging', world.environment) } }) });
  const refused = await askGate(parts, stores, {
    app: 'shop',
    environment: 'staging',
    kind: 'deploy',
    person: dana,
    now: NOW,
    source: 'web:ops',
    ...request,
  });
  return { refused, records };
}

const worlds: Readonly<Record<'locked' | 'frozen' | 'outside_window', World>> = {
  locked: { locks: [aLock] },
  frozen: { freezes: [aFreeze] },
  outside_window: { environment: { windows: [weekdays] } },
};

describe('the gate', () => {
  it('is open, and records nothing, where nothing stands against it', async () => {
    expect(await ask({})).toEqual({ refused: null, records: [] });
    expect(
      await ask({ locks: [{ ...aLock, expiresAt: NOW }], freezes: [{ ...aFreeze, scope: { app: 'blog', environment: null } }] }),
    ).toEqual({ refused: null, records: [] });
  });

  it.each([
    ['locked', 'shop staging is locked by Olga: db migration.', NOW + HOUR],
    ['frozen', 'shop staging is frozen by Adam: stocktaking.', NOW + 2 * HOUR],
    [
      'outside_window',
      'shop staging takes deployments at certain times only, and this is none of them.',
      Date.parse('2026-11-23T09:00:00Z'),
    ],
  ] as const)('refuses what is %s: who, why, until when, and what to do', async (code, message, opensAt) => {
    for (const kind of ['deploy', 'promotion'] as const) {
      const { refused, records } = await ask(worlds[code], { kind });
      expect(refused).toMatchObject({ refused: code, message, times: expect.arrayContaining([{ label: 'Opens', at: opensAt }]) });
      expect(refused?.hint).not.toBeNull();
      expect(records).toMatchObject([
        { action: 'gate.refused', result: 'refused', actor: 'dana', subject: 'shop/staging', source: 'web:ops', details: { code, kind } },
      ]);
    }
  });

  it.each(['locked', 'frozen', 'outside_window'] as const)(
    'lets a rollback through what is %s, and whoever broke the glass, and records that',
    async (code) => {
      for (const [request, because] of [
        [{ kind: 'rollback' }, 'rollback'],
        [{ kind: 'deploy', override: true }, 'break_glass'],
      ] as const) {
        const { refused, records } = await ask(worlds[code], request);
        expect(refused).toBeNull();
        expect(records).toMatchObject([{ action: 'gate.passed', result: 'done', details: { code, because } }]);
      }
    },
  );

  it('lets the holder through their lock, not through a freeze nor through a wider lock', async () => {
    const own = { ...aLock, holder: dana };
    expect(await ask({ locks: [own] })).toEqual({ refused: null, records: [] });
    expect((await ask({ locks: [own], freezes: [aFreeze] })).refused).toMatchObject({ refused: 'frozen' });
    const wider = { ...aLock, id: 'l2', scope: { app: null, environment: null } };
    expect((await ask({ locks: [own, wider] })).refused).toMatchObject({
      refused: 'locked',
      message: 'Every app is locked by Olga: db migration.',
    });
  });

  it('keeps whoever rolled back out, too, until somebody unlocks', async () => {
    const left = { ...aLock, holder: SYSTEM_HOLDER, reason: 'rolled back to 1.0.0 by Dana', expiresAt: null };
    const { refused } = await ask({ locks: [left] });
    expect(refused).toMatchObject({ refused: 'locked', hint: 'When it is safe again, type: /unlock shop staging' });
    expect(refused?.times).toEqual([{ label: 'Since', at: aLock.since }]);
  });

  it('opens when the last lock is over and no freeze follows', async () => {
    const wider = { ...aLock, id: 'l2', scope: { app: null, environment: null }, expiresAt: NOW + 1 };
    const { refused } = await ask({ locks: [aLock, wider], freezes: [aFreeze] });
    expect(refused?.times).toContainEqual({ label: 'Opens', at: NOW + 2 * HOUR });
    const endless = await ask({ locks: [{ ...aLock, expiresAt: null }, wider] });
    expect(endless.refused?.times).toEqual([{ label: 'Since', at: aLock.since }]);
  });

  it('names the freeze that lasts, and when it really opens', async () => {
    const short = { ...aFreeze, id: 'f2', reason: 'lunch', schedule: { kind: 'once', from: NOW - 1, until: NOW + 1 } } as const;
    const { refused } = await ask({ freezes: [short, aFreeze], environment: { windows: [weekdays] } });
    expect(refused).toMatchObject({
      message: 'shop staging is frozen by Adam: stocktaking.',
      times: [{ label: 'Opens', at: Date.parse('2026-11-23T09:00:00Z') }],
    });
  });

  it('knows what shipmate.yml freezes', async () => {
    const environment = { freezes: [{ schedule: aFreeze.schedule, reason: 'weekend' }] };
    const { refused, records } = await ask({ environment });
    expect(refused).toMatchObject({ message: 'shop staging is frozen by shipmate.yml: weekend.' });
    expect(records).toMatchObject([{ details: { freeze: 'shipmate.yml' } }]);
  });

  it('is closed for an environment that nobody configures any more, for everybody', async () => {
    for (const kind of ['deploy', 'rollback'] as const) {
      expect((await ask({}, { environment: 'production', kind })).refused).toMatchObject({ refused: 'unknown_environment' });
    }
  });
});

describe('the refusal as people see it', () => {
  it('has times in their own zone and a button that tells them when it opens', async () => {
    const { refused } = await ask(worlds.locked);
    if (refused === null) throw new Error('it was let through');
    const { elements } = refusalView(refused);
    expect(elements).toContainEqual({ type: 'time', label: 'Opens', at: NOW + HOUR });
    expect(elements.at(-1)).toMatchObject({
      type: 'buttons',
      buttons: [{ action: 'watch-opening:shop.staging', label: 'Tell me when it opens' }],
    });
  });
});
