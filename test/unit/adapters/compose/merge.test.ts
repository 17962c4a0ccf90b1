import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FindingLog } from '../../../../adapters/compose/finding-log.ts';
import { dropResets, mergeTrees } from '../../../../adapters/compose/model/merge.ts';
import { parseYaml } from '../../../../adapters/compose/yaml/parse-yaml.ts';
import { map, toPlain } from '../../../../adapters/compose/yaml/tree.ts';
import { type Options, readSpec, refusals } from '../../../support/compose/memory-project.ts';

const TWO: Options = { composeFiles: ['compose.yaml', 'other.yaml'] };

function merged(first: string, second: string) {
  return readSpec({ 'compose.yaml': first, 'other.yaml': second, 'k.txt': 'k' }, TWO).services['web'];
}

const service = (lines: string) =>
  `services: {web: {image: a, ${lines}}}\nvolumes: {d: {}, e: {}}\nsecrets: {k: {file: k.txt}}\nnetworks: {n: {}, m: {}}`;

describe('a later file', () => {
  it.each<[what: string, first: string, second: string, expected: object]>([
    ['replaces single values', 'hostname: a', 'hostname: b', { hostname: 'b' }],
    ['replaces the command', 'command: [a, b]', 'command: [c]', { command: ['c'] }],
    ['replaces the entrypoint', 'entrypoint: [a]', 'entrypoint: b c', { entrypoint: ['b', 'c'] }],
    [
      'replaces the test of a health check and keeps the rest',
      'healthcheck: {test: [CMD, a], retries: 2}',
      'healthcheck: {test: [CMD, b]}',
      {
        healthcheck: { disabled: false, test: ['CMD', 'b'], retries: 2 },
      },
    ],
    [
      'merges the environment by key, in either form',
      'environment: [A=1, B=1]',
      'environment: {B: 2, C: 3}',
      { environment: { A: '1', B: '2', C: '3' } },
    ],
    ['merges labels by key, in either form', 'labels: {a: 1, b: 1}', 'labels: [b=2]', { containerLabels: { a: '1', b: '2' } }],
    [
      'adds ports and keeps each once',
      'ports: ["80:80", "81:81"]',
      'ports: [{target: 80, published: 80}, "82:82"]',
      {
        ports: [80, 81, 82].map((number) => ({ target: number, published: number, protocol: 'tcp', mode: 'ingress' })),
      },
    ],
    [
      'replaces the volume with the same target',
      'volumes: ["d:/x", "d:/y"]',
      'volumes: ["e:/x:ro"]',
      {
        mounts: [
          { type: 'volume', source: 'e', target: '/x', readOnly: true },
          { type: 'volume', source: 'd', target: '/y', readOnly: false },
        ],
      },
    ],
    [
      'replaces the secret with the same target',
      'secrets: [k]',
      'secrets: [{source: k, target: k, mode: 0400}]',
      {
        secrets: [{ source: 'k', target: 'k', uid: '0', gid: '0', mode: 0o400 }],
      },
    ],
    [
      'adds networks, in either form',
      'networks: [n]',
      'networks: {m: {aliases: [x]}}',
      {
        networks: [
          { network: 'm', aliases: ['x', 'web'] },
          { network: 'n', aliases: ['web'] },
        ],
      },
    ],
    ['appends other lists', 'dns: 1.1.1.1', 'dns: [8.8.8.8]', { dns: { servers: ['1.1.1.1', '8.8.8.8'], search: [], options: [] } }],
    [
      'appends constraints',
      'deploy: {placement: {constraints: [a == b]}}',
      'deploy: {placement: {constraints: [c == d]}}',
      {
        placement: { constraints: ['a == b', 'c == d'], preferences: [] },
      },
    ],
    [
      'keeps logging options of the same driver',
      'logging: {driver: x, options: {a: "1"}}',
      'logging: {driver: x, options: {b: "2"}}',
      {
        logging: { driver: 'x', options: { a: '1', b: '2' } },
      },
    ],
    [
      'drops logging options of another driver',
      'logging: {driver: x, options: {a: "1"}}',
      'logging: {driver: y}',
      { logging: { driver: 'y', options: {} } },
    ],
    ['removes with !reset', 'hostname: a, ports: ["80:80"]', 'hostname: !reset null, ports: !reset []', { ports: [] }],
    [
      'replaces with !override',
      'ports: ["80:80"], environment: {A: 1}',
      'ports: !override ["81:81"], environment: !override {B: 2}',
      {
        ports: [{ target: 81, published: 81, protocol: 'tcp', mode: 'ingress' }],
        environment: { B: '2' },
      },
    ],
  ])('%s', (_what, first, second, expected) => {
    const spec = merged(service(first), service(second));
    expect(spec).toMatchObject(expected);
    if (!('hostname' in expected)) expect(spec).not.toHaveProperty('hostname');
  });

  it('may add services', () => {
    const files = { 'compose.yaml': 'services: {web: {image: a}}', 'other.yaml': 'services: {api: {image: b}}' };
    expect(Object.keys(readSpec(files, TWO).services)).toEqual(['api', 'web']);
  });

  it('is named in findings about what it wrote, and the first one in those about what that wrote', () => {
    const files = {
      'compose.yaml': 'services:\n  web:\n    image: a\n    mem_limit: lots\n',
      'other.yaml': '\n\nservices:\n  web:\n    stop_grace_period: never\n',
    };
    expect(refusals(files, TWO)).toEqual([
      expect.stringMatching(/^compose.yaml:4 services.web.mem_limit: /),
      expect.stringMatching(/^other.yaml:5 services.web.stop_grace_period: /),
    ]);
  });

  it('merged over a file that already says the same changes nothing', () => {
    const lines = fc.constantFrom(
      'hostname: a',
      'ports: ["80:80", "81:81"]',
      'environment: [A=1, B]',
      'labels: {a: 1}',
      'volumes: ["d:/x"]',
      'networks: [n, m]',
      'depends_on: [api]',
      'cap_drop: [ALL]',
      'dns: 1.1.1.1',
      'command: a b',
      'deploy: {labels: [x=y]}',
      'extra_hosts: ["a=1.1.1.1"]',
      'secrets: [k]',
      'tmpfs: /run',
    );
    fc.assert(
      fc.property(fc.uniqueArray(lines, { maxLength: 6 }), (chosen) => {
        const text = service(chosen.join(', ')).replace('services: {', 'services: {api: {image: b}, ');
        const once = readSpec({ 'compose.yaml': text, 'k.txt': 'k' });
        const twice = readSpec({ 'compose.yaml': text, 'other.yaml': text, 'k.txt': 'k' }, TWO);
        expect(twice).toEqual(once);
      }),
      { numRuns: 60 },
    );
  });

  it('that is empty changes nothing, whatever the first one says', () => {
    const log = new FindingLog();
    const tree = parseYaml(new TextEncoder().encode(service('environment: [A=1], ports: [80]')), { name: 'a', folder: '/' }, log);
    if (tree === null) throw new Error('not read');
    expect(toPlain(dropResets(mergeTrees(tree, map([], tree.place))))).toEqual(toPlain(tree));
  });
});

describe('anchors and merge keys', () => {
  const text = `
x-base: &base
  image: a
  environment: &env {A: 1, B: 1}
  mem_limit: lots
services:
  web:
    <<: *base
    environment:
      <<: *env
      B: 2
    mem_limit: 1m
  api:
    <<: [*base]
`;

  it('fill in what a mapping does not say itself', () => {
    const spec = readSpec(text.replace('lots', '5m'));
    expect(spec.services['web']).toMatchObject({ environment: { A: '1', B: '2' }, limits: { memoryBytes: 1_048_576 } });
    expect(spec.services['api']).toMatchObject({ environment: { A: '1', B: '1' }, limits: { memoryBytes: 5_242_880 } });
  });

  it('are found at the line of the anchor when what they say is wrong', () => {
    expect(refusals(text)).toEqual([expect.stringMatching(/^compose.yaml:5 services.api.mem_limit: /)]);
  });
});
