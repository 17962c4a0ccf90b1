import { describe, expect, it } from 'vitest';
import type { Parts } from '../../../src/application/parts.ts';
import { suggestApps, suggestEnvironments, suggestServices, suggestVersions } from '../../../src/application/suggest.ts';
import type { AppSource } from '../../../src/ports/app-source.ts';
import type { Database, ReleaseStore, Stores } from '../../../src/ports/database.ts';
import { EngineUnavailableError } from '../../../src/ports/faults.ts';
import { aService, aStack } from '../../support/builders.ts';
import { FakeClock, only, someParts } from '../../support/builders-parts.ts';

const dana = { id: 'dana', name: 'Dana' };
const stranger = { id: 'stranger', name: 'Stranger' };

describe('suggestions', () => {
  it('name the apps and environments that a person may see', async () => {
    expect(await suggestApps(someParts(), dana)).toEqual(['shop']);
    expect(await suggestEnvironments(someParts(), dana, 'shop')).toEqual(['staging', 'production']);
  });

  it.each(['shop', 'unknown', 'constructor', '__proto__'])(
    'give a stranger nothing about “%s”, and do not ask the database',
    async (app) => {
      expect(await suggestApps(someParts(), stranger)).toEqual([]);
      expect(await suggestEnvironments(someParts(), stranger, app)).toEqual([]);
      expect(await suggestVersions(someParts(), stranger, app, 'staging')).toEqual([]);
      expect(await suggestServices(someParts(), stranger, app, 'staging')).toEqual([]);
    },
  );
});

describe('versions', () => {
  /** An app of two images that follow the version and one that does not. */
  function anApp(tags: Parts['images']['tags'], clock = new FakeClock()): Parts {
    const source = only<AppSource>('source', {
      read: async ({ version }) => ({
        ok: true,
        spec: aStack([
          aService('web', { image: `registry.example/shop/web:${version}` }),
          aService('api', { image: `registry.example/shop/api:${version}` }),
          aService('cache', { image: 'redis:7' }),
        ]),
        contents: { secrets: new Map(), configs: new Map() },
        warnings: [],
        sourceCommit: null,
        version,
      }),
    });
    const releases = only<ReleaseStore>('releases', { versions: async () => ['1.0.0'] });
    const database = only<Database>('database', { stores: only<Stores>('stores', { releases }) });
    return someParts({ source, database, clock, images: { tags, resolve: () => Promise.reject(new Error('nothing is resolved')) } });
  }

  it('are those that ran, then the tags that every image of the version has; other images are not asked about', async () => {
    const asked: string[] = [];
    const parts = anApp(async (image) => {
      asked.push(image.replace(/:.*/, ''));
      return image.includes('/web:') ? ['2.0.0', '1.1.0', '1.0.0', 'not a version'] : ['1.1.0', '1.0.0'];
    });
    expect(await suggestVersions(parts, dana, 'shop', 'staging')).toEqual(['1.0.0', '1.1.0']);
    expect(asked).toEqual(['registry.example/shop/web', 'registry.example/shop/api']);
  });

  it('are known of the others when the tags of one image cannot be listed', async () => {
    const parts = anApp(async (image) => (image.includes('/web:') ? [] : ['1.1.0']));
    expect(await suggestVersions(parts, dana, 'shop', 'staging')).toEqual(['1.0.0', '1.1.0']);
  });

  it('are those that ran when the tags cannot be had', async () => {
    const parts = anApp(() => Promise.reject(new EngineUnavailableError('away')));
    expect(await suggestVersions(parts, dana, 'shop', 'staging')).toEqual(['1.0.0']);
    expect(await suggestVersions(parts, dana, 'shop', 'moon')).toEqual(['1.0.0']);
  });

  it('are those that ran when the tags take longer than a second', async () => {
    const clock = new FakeClock();
    const suggested = suggestVersions(
      anApp(() => new Promise(() => undefined), clock),
      dana,
      'shop',
      'staging',
    );
    await clock.advance(1_000);
    expect(await suggested).toEqual(['1.0.0']);
  });
});
