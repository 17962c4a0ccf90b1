import { describe, expect, it } from 'vitest';
import { type Files, readSpec, refusals } from '../../../support/compose/memory-project.ts';

describe('extends', () => {
  const base = 'services:\n  base:\n    image: a\n    environment: {A: 1, B: 1}\n    env_file: here.env\n    command: [x]\n';

  it('takes over a service of the same file, and what is said again wins', () => {
    const spec = readSpec(
      'services:\n  base: {image: a, environment: {A: 1, B: 1}}\n  web: {extends: {service: base}, environment: {B: 2}}\n  api: {extends: base}',
    );
    expect(spec.services['web']).toMatchObject({ image: 'a', environment: { A: '1', B: '2' } });
    expect(spec.services['api']).toMatchObject({ image: 'a', environment: { A: '1', B: '1' } });
  });

  it('takes over a service of another file, whose relative paths start at that file', () => {
    const files: Files = {
      'compose.yaml': 'services: {web: {extends: {file: lib/base.yaml, service: base}}}',
      'lib/base.yaml': base,
      'lib/here.env': 'C=3',
    };
    expect(readSpec(files).services['web']).toMatchObject({ image: 'a', command: ['x'], environment: { A: '1', B: '1', C: '3' } });
  });

  it('follows chains across files', () => {
    const files: Files = {
      'compose.yaml': 'services: {web: {extends: {file: one.yaml, service: one}, hostname: w}}',
      'one.yaml': 'services: {one: {extends: {file: two.yaml, service: two}, user: "1"}}',
      'two.yaml': 'services: {two: {image: a}}',
    };
    expect(readSpec(files).services['web']).toMatchObject({ image: 'a', user: '1', hostname: 'w' });
  });

  it.each<[what: string, files: Files, says: RegExp]>([
    [
      'a circle',
      { 'compose.yaml': 'services:\n  a: {extends: b}\n  b: {extends: a}' },
      /compose.yaml:2 services.a.extends: `extends` goes round in a circle: shop\/compose.yaml a → shop\/compose.yaml b → shop\/compose.yaml a/,
    ],
    [
      'an unknown service',
      { 'compose.yaml': 'services:\n  a:\n    extends: c\n  b: {image: x}' },
      /compose.yaml:3 services.a.extends: There is no service "c" in shop\/compose.yaml. It has: a, b./,
    ],
    [
      'a missing file',
      { 'compose.yaml': 'services: {a: {extends: {file: x.yaml, service: b}}}' },
      /services.a.extends.file: This file does not exist/,
    ],
    [
      'a file outside the project',
      { 'compose.yaml': 'services: {a: {extends: {file: ../x.yaml, service: b}}}' },
      /lies outside the app's project folder/,
    ],
    [
      'a broken file',
      { 'compose.yaml': 'services: {a: {extends: {file: x.yaml, service: b}}}', 'x.yaml': 'services:\n  b: [' },
      /^x.yaml:2 .*not valid YAML/,
    ],
  ])('refuses %s', (_what, files, says) => {
    expect(refusals(files).join('\n')).toMatch(says);
  });

  it('names the file and line where the inherited value was written', () => {
    const files: Files = {
      'compose.yaml': 'services: {web: {extends: {file: lib/base.yaml, service: base}}}',
      'lib/base.yaml': 'services:\n  base:\n    image: a\n    privileged: true\n',
    };
    expect(refusals(files)).toEqual([expect.stringMatching(/^lib\/base.yaml:4 services.web.privileged: /)]);
  });
});

describe('include', () => {
  it('is refused with the way out', () => {
    expect(refusals('include: [a.yaml]\nservices: {web: {image: a}}')).toEqual([
      "compose.yaml:1 include: Included files are not read. List the file under the app's Compose files in shipmate.yml, or take single services over with `extends`.",
    ]);
  });
});
