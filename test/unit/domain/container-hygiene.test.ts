import { describe, expect, it } from 'vitest';
import { hygieneNotes } from '../../../src/domain/container-hygiene.ts';
import { aService, aStack } from '../../support/builders.ts';

const strict = { allowRootUser: false };
const clean = { user: '1000', readOnly: true, capDrop: ['ALL'] };

describe('the note about containers that may do more than they need', () => {
  it('is one line for all services and all habits', () => {
    expect(hygieneNotes(aStack([aService('web'), aService('api')]), strict)).toEqual([
      'Containers may do more than they need: all run as their image’s user, with a writable root and with the default capabilities. ' +
        'Consider `user`, `read_only` and `cap_drop`.',
    ]);
  });

  it('names the services that it is about, and only what they leave', () => {
    const stack = aStack([
      aService('web', { ...clean, readOnly: false }),
      aService('api', clean),
      aService('job', { ...clean, capDrop: [] }),
    ]);
    expect(hygieneNotes(stack, strict)).toEqual([
      'Containers may do more than they need: web runs with a writable root; job runs with the default capabilities. Consider `read_only` and `cap_drop`.',
    ]);
  });

  it('stays short for a stack of many services', () => {
    const many = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => aService(name, { ...clean, capDrop: [] }));
    expect(hygieneNotes(aStack([...many, aService('z', clean)]), strict)).toEqual([
      'Containers may do more than they need: a, b, c and 3 more run with the default capabilities. Consider `cap_drop`.',
    ]);
  });

  it('is absent where nothing is to be said, or where the operator allows root', () => {
    expect(hygieneNotes(aStack([aService('web', clean)]), strict)).toEqual([]);
    expect(hygieneNotes(aStack([]), strict)).toEqual([]);
    expect(hygieneNotes(aStack([aService('web')]), { allowRootUser: true })).toEqual([]);
  });

  it('counts a root that is asked for as asked for: the policy has refused it already where it must', () => {
    expect(hygieneNotes(aStack([aService('web', { ...clean, user: 'root' })]), strict)).toEqual([]);
  });
});
