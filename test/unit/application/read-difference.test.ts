import { describe, expect, it } from 'vitest';
import { readDifference } from '../../../src/application/read-difference.ts';
import { isRefusal } from '../../../src/domain/refusal.ts';
import type { Revision } from '../../../src/domain/release.ts';
import type { AppSource } from '../../../src/ports/app-source.ts';
import type { Database, ReleaseStore, Stores } from '../../../src/ports/database.ts';
import type { ImageResolver } from '../../../src/ports/image-resolver.ts';
import type { Orchestrator } from '../../../src/ports/orchestrator.ts';
import { differenceView } from '../../../src/views/difference.ts';
import { aService, aStack, pinned } from '../../support/builders.ts';
import { only, someParts } from '../../support/builders-parts.ts';

const vera = { id: 'vera', name: 'Vera Viewer' };
const stranger = { id: 'stranger', name: 'Stranger' };

const revision = (stack: string, number: number, version: string): Revision => ({
  stack,
  number,
  releaseId: `${stack}:${version}`,
  version,
  deploymentId: `d${number}`,
  activeFrom: number,
  activeTo: null,
});

/** Newest first. */
const RAN: Readonly<Record<string, readonly Revision[]>> = {
  'shop-staging': [
    revision('shop-staging', 4, '1.1.0'),
    revision('shop-staging', 3, '1.1.0'),
    revision('shop-staging', 2, '1.0.0'),
    revision('shop-staging', 1, '0.9.0'),
  ],
  'shop-production': [revision('shop-production', 1, '1.0.0')],
};

function specAt(stack: string, version: string) {
  return aStack([aService('web', {}, version), aService('cache', {}, '7')], { stack });
}

function pinnedReference(reference: string): string {
  const [, name = '', version = ''] = /^example\/(.+):(.+)$/.exec(reference) ?? [];
  return pinned(name, version);
}

const releases = only<ReleaseStore>('releases', {
  revisions: async (stack) => RAN[stack] ?? [],
  currentRevision: async (stack) => RAN[stack]?.[0] ?? null,
  find: async (id) => {
    const [stack = '', version = ''] = id.split(':');
    const [app = '', environment = ''] = stack.split('-');
    return { id, app, environment, version, spec: specAt(stack, version), specHash: id, sourceCommit: null, createdAt: 0 };
  },
});

const parts = someParts({
  database: only<Database>('database', { stores: only<Stores>('stores', { releases }) }),
  source: only<AppSource>('source', {
    read: async ({ environment, version }) => ({
      ok: true,
      spec: specAt(`shop-${environment}`, version ?? ''),
      contents: { secrets: new Map(), configs: new Map() },
      warnings: [],
      sourceCommit: null,
      version,
    }),
  }),
  orchestrator: only<Orchestrator>('orchestrator', { adapt: async (spec) => ({ spec, notes: [] }) }),
  images: only<ImageResolver>('images', {
    resolve: async (reference) => ({ reference, pinned: pinnedReference(reference), source: 'registry' }),
  }),
});

const diff = (to: string | null, person = vera, environment = 'staging') => readDifference(parts, { person, app: 'shop', environment, to });

describe('what an environment runs', () => {
  it.each([
    ['another environment', 'production', ['staging', '1.1.0', 4], ['production', '1.0.0', 1]],
    ['a version that ran there', '0.9.0', ['staging', '1.1.0', 4], ['staging', '0.9.0', 1]],
    ['a revision', '#2', ['staging', '1.1.0', 4], ['staging', '1.0.0', 2]],
    ['a version that never ran there, as its definition is', '2.0.0', ['staging', '1.1.0', 4], ['staging', '2.0.0', null]],
    ['the release before it, which another revision of the same is not', null, ['staging', '1.0.0', 2], ['staging', '1.1.0', 4]],
  ] as const)('is compared with %s', async (_what, to, before, after) => {
    const found = await diff(to);
    if (isRefusal(found)) throw new Error(found.message);
    const ends = [found.before, found.after].map(({ environment, version, revision: number }) => [environment, version, number]);
    expect(ends).toEqual([before, after]);
    const differing = found.services.filter(({ changes }) => changes.length > 0);
    expect(differing.map(({ service, changes }) => [service, changes.map(({ path }) => path)])).toEqual([['web', ['image']]]);
    const said = JSON.stringify(differenceView(found));
    expect(said).toContain('1 service differs.');
    expect(said).toContain('The same: cache');
  });

  it('is the same as itself', async () => {
    const found = await diff('1.1.0');
    if (isRefusal(found)) throw new Error(found.message);
    expect(differenceView(found).summary).toBe('shop: 1.1.0 (revision 4) → 1.1.0 (revision 4): They are the same.');
  });

  it.each([
    ['itself', 'staging', vera, 'staging', 'invalid_arguments'],
    ['nothing that has a name', 'no/version', vera, 'staging', 'unknown_version'],
    ['what a stranger may not see', 'production', stranger, 'staging', 'unknown_app'],
    ['what came before the first release', null, vera, 'production', 'invalid_arguments'],
  ] as const)('is not compared with %s', async (_what, to, person, environment, refused) => {
    expect(await diff(to, person, environment)).toMatchObject({ refused });
  });
});
