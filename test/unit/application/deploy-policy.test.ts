import { describe, expect, it } from 'vitest';
import { checkApprovers, checkOrder, checkReason } from '../../../src/application/deploy-policy.ts';
import type { Release, Revision } from '../../../src/domain/release.ts';
import type { Database, ReleaseStore, Stores } from '../../../src/ports/database.ts';
import { aRelease } from '../../contract/database-fixtures.ts';
import { policyOf } from '../../support/approvals/cast.ts';
import { anApp, anEnvironment, aService, aStack, aWorkspace } from '../../support/builders.ts';
import { only, someParts } from '../../support/builders-parts.ts';

describe('the reason that an environment asks for', () => {
  const ticket = { pattern: '^[A-Z]+-\\d+', example: 'OPS-123 why' };
  it.each([
    ['nothing asked, nothing said', null, null, true],
    ['nothing asked', null, 'because', true],
    ['any reason asked, none said', { pattern: null, example: null }, null, false],
    ['any reason asked, blanks said', { pattern: null, example: null }, '  ', false],
    ['any reason asked', { pattern: null, example: null }, 'because', true],
    ['a ticket asked, none said', ticket, null, false],
    ['a ticket asked, another thing said', ticket, 'because', false],
    ['a ticket asked', ticket, '  OPS-7 it is broken ', true],
  ])('%s', (_, wanted, given, isFine) => {
    const refused = checkReason(anEnvironment('production', { reason: wanted }), given);
    expect(refused?.refused ?? null).toBe(isFine ? null : 'reason_required');
    if (!isFine) expect(refused?.hint).toContain(wanted?.example ?? 'why it is needed');
  });
});

/** Stacks and what they ran, the newest first: version and image. */
function checking(environment: Parameters<typeof anEnvironment>[1], ran: Readonly<Record<string, readonly string[]>>, wanted: string) {
  const releaseOf = (stack: string, name: string): Release => {
    const [version = '', image = ''] = name.split(' ');
    const spec = aStack([aService('web', { pinnedImage: image })], { stack });
    return aRelease({ id: `${stack} ${name}`, environment: stack.replace('shop-', ''), version, spec });
  };
  const releases = only<ReleaseStore>('releases', {
    revisions: async (stack) =>
      (ran[stack] ?? []).map((name, index, all): Revision => {
        const { id, version } = releaseOf(stack, name);
        return { stack, number: all.length - index, releaseId: id, version, deploymentId: `d${index}`, activeFrom: index, activeTo: null };
      }),
    find: async (id) => releaseOf(id.split(' ')[0] ?? '', id.slice(id.indexOf(' ') + 1)),
  });
  const parts = someParts({ database: only<Database>('database', { stores: only<Stores>('stores', { releases }) }) });
  return checkOrder(parts.database.stores, anEnvironment('production', environment), releaseOf('shop-production', wanted));
}

describe('the order of environments', () => {
  it.each([
    ['is nobody’s matter where none is set', null, {}, null],
    ['is kept by what ran there', 'staging', { 'shop-staging': ['2.0.0 a'] }, null],
    ['is kept by what ran there once', 'staging', { 'shop-staging': ['3.0.0 c', '2.0.0 a', '1.0.0 z'] }, null],
    ['is broken by what never ran there', 'staging', { 'shop-staging': ['1.0.0 z'] }, '2.0.0 has not run in staging yet'],
    ['is broken where nothing ran', 'staging', {}, '2.0.0 has not run in staging yet'],
    [
      'is broken by other images under the same version',
      'staging',
      { 'shop-staging': ['2.0.0 b'] },
      '2.0.0 ran in staging with other images',
    ],
    ['is not kept by another environment', 'staging', { 'shop-testing': ['2.0.0 a'] }, '2.0.0 has not run in staging yet'],
  ])('%s', async (_, after, ran, why) => {
    const refused = await checking({ after }, ran, '2.0.0 a');
    if (why === null) expect(refused).toBeNull();
    else expect(refused).toMatchObject({ refused: 'not_in_order', message: expect.stringContaining(why) });
  });

  it('does not let a deployment go back behind what runs, unless the environment says so', async () => {
    const ran = { 'shop-production': ['2.1.0 b'] };
    expect(await checking({ allowOutdated: false }, ran, '2.0.0 a')).toMatchObject({ refused: 'outdated' });
    expect(await checking({ allowOutdated: true }, ran, '2.0.0 a')).toBeNull();
    expect(await checking({ allowOutdated: false }, ran, '2.1.0 b')).toBeNull();
    expect(await checking({ allowOutdated: false }, ran, '2.2.0 c')).toBeNull();
    expect(await checking({ allowOutdated: false }, {}, '2.0.0 a')).toBeNull();
  });
});

describe('whether enough people could agree', () => {
  const people = Object.fromEntries(['olga', 'adam', 'dana', 'sara'].map((id) => [id, { id, name: id, identities: {} }]));
  const asking = (person: string, rules: Parameters<typeof policyOf>[0], groups: Readonly<Record<string, readonly string[]>> = {}) => {
    const parts = someParts({ workspace: () => aWorkspace({ people, groups }) });
    const environment = anEnvironment('production', { protected: true, approvals: policyOf(rules) });
    const checked = checkApprovers(parts, anApp('shop'), environment, { id: person, name: person });
    return 'refused' in checked ? checked.refused : 'asks';
  };

  it.each([
    ['one owner, asked by somebody else', 'dana', [{ count: 1, from: ['owner'] }], {}, 'asks'],
    ['one owner, asked by the only one', 'olga', [{ count: 1, from: ['owner'] }], {}, 'no_approvers'],
    ['two, where there is one beside the requester', 'olga', [{ count: 2, from: ['owner', 'admin'] }], {}, 'no_approvers'],
    ['a group that is empty', 'dana', [{ count: 1, from: ['security'] }], { security: [] }, 'no_approvers'],
    ['a group that there is not', 'dana', [{ count: 1, from: ['security'] }], {}, 'no_approvers'],
    [
      'a group of a platform, of which nobody is known',
      'dana',
      [{ count: 3, from: ['security'] }],
      { security: ['slack-group:S0SEC'] },
      'asks',
    ],
    [
      'two rules, and one person who belongs to both',
      'dana',
      [
        { count: 1, from: ['owner'] },
        { count: 1, from: ['security'] },
      ],
      { security: ['olga'] },
      'no_approvers',
    ],
    [
      'two rules, and somebody for each',
      'dana',
      [
        { count: 1, from: ['owner'] },
        { count: 1, from: ['security'] },
      ],
      { security: ['olga', 'sara'] },
      'asks',
    ],
  ])('%s', (_, person, rules, groups, expected) => {
    expect(asking(person, rules, groups)).toBe(expected);
  });

  it('is no, where a protected environment has no policy', () => {
    const environment = anEnvironment('production', { protected: true, approvals: null });
    expect(checkApprovers(someParts(), anApp('shop'), environment, { id: 'dana', name: 'Dana' })).toMatchObject({
      refused: 'no_approvers',
    });
  });
});
