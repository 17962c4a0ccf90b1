import { describe, expect, it } from 'vitest';
import { prepareRelease } from '../../../src/application/prepare-release.ts';
import { requestPromotion } from '../../../src/application/request-promotion.ts';
import type { AppSource } from '../../../src/ports/app-source.ts';
import type { Database, ReleaseStore, Stores } from '../../../src/ports/database.ts';
import type { ImageResolver } from '../../../src/ports/image-resolver.ts';
import type { Orchestrator } from '../../../src/ports/orchestrator.ts';
import { aService, aStack } from '../../support/builders.ts';
import { only, someParts } from '../../support/builders-parts.ts';

const olga = { id: 'olga', name: 'Olga Owner' };
const origin = { platform: 'web', channel: 'ops', deliveryId: 'd' };

describe('a promotion', () => {
  it('keeps the images that ran, and pins the others to what they name now', async () => {
    const spec = aStack([
      { ...aService('web'), image: 'shop/web:1.0.0' },
      { ...aService('extra'), image: 'shop/extra:1.0.0' },
    ]);
    const asked: string[] = [];
    const parts = someParts({
      source: only<AppSource>('source', {
        read: async () => ({
          ok: true,
          spec,
          version: '1.0.0',
          sourceCommit: null,
          contents: { secrets: new Map(), configs: new Map() },
          warnings: [],
        }),
      }),
      orchestrator: only<Orchestrator>('orchestrator', { adapt: async (given) => ({ spec: given, notes: [] }) }),
      images: only<ImageResolver>('images', {
        resolve: async (reference) => {
          asked.push(reference);
          return { reference, pinned: `${reference}@sha256:moved`, source: 'registry' };
        },
      }),
    });
    const pins = new Map([['shop/web:1.0.0', 'shop/web:1.0.0@sha256:tried']]);
    const prepared = await prepareRelease(parts, { app: 'shop', environment: 'production', version: '1.0.0', pins });
    if ('refused' in prepared) throw new Error(prepared.message);
    expect(Object.values(prepared.release.spec.services).map(({ pinnedImage }) => pinnedImage)).toEqual([
      'shop/web:1.0.0@sha256:tried',
      'shop/extra:1.0.0@sha256:moved',
    ]);
    expect(asked).toEqual(['shop/extra:1.0.0']);
  });

  it.each([
    ['nowhere to come from', { from: 'staging', to: 'production' }, 'nothing_deployed'],
    ['one environment twice', { from: 'staging', to: 'staging' }, 'invalid_arguments'],
    ['an environment that there is not', { from: 'stagin', to: 'production' }, 'unknown_environment'],
  ])('is refused with %s', async (_, names, refused) => {
    const releases = only<ReleaseStore>('releases', { currentRevision: async () => null });
    const parts = someParts({ database: only<Database>('database', { stores: only<Stores>('stores', { releases }) }) });
    expect(await requestPromotion(parts, { person: olga, app: 'shop', reason: null, origin, ...names })).toMatchObject({ refused });
  });
});
