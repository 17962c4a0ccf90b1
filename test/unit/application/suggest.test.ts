import { describe, expect, it } from 'vitest';
import { suggestApps, suggestEnvironments, suggestServices, suggestVersions } from '../../../src/application/suggest.ts';
import { someParts } from '../../support/builders-parts.ts';

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
