import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as support from '../../../../adapters/compose/model/support.ts';
import { substitute } from '../../../../adapters/compose/values/template.ts';
import { read, refusals } from '../../../support/compose/memory-project.ts';

describe('a hostile or broken file', { timeout: 60_000 }, () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x,x]',
    ...'bcdefghij'.split('').map((name, i) => `${name}: &${name} [${`*${'abcdefghi'[i]},`.repeat(9)}]`),
  ];
  const deepFlow = `services: ${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  const deepLines = `services: ${'[\n'.repeat(20_000)}`;
  const deepBlock = Array.from({ length: 300 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n');

  it.each<[what: string, file: string | Uint8Array, says: RegExp]>([
    ['an empty file', '', /is empty|no services/],
    ['a file of comments', '# nothing\n', /is empty|no services/],
    ['a text instead of a mapping', 'hello', /no services/],
    ['a list instead of a mapping', '- a\n- b', /no services/],
    ['binary content', new Uint8Array([0xff, 0xfe, 0, 1, 2, 0x80]), /not a text file/],
    ['NUL characters', 'services:\0', /not a text file/],
    ['a tab as indentation', 'services:\n\tweb:\n\t\timage: a', /compose.yaml:2 .*tabs/],
    ['two documents', 'services: {web: {image: a}}\n---\nservices: {}', /compose.yaml:2 .*second YAML document/],
    ['a key written twice', 'services:\n  web:\n    image: a\n    image: b', /compose.yaml:4 .*written twice/],
    ['an open bracket', 'services: [', /not valid YAML/],
    ['an unknown anchor', 'services: *nothing', /no anchor "nothing"/],
    ['an anchor inside itself', 'services: &all\n  web: *all', /compose.yaml:2 .*no anchor "all"/],
    ['an alias bomb', `${bomb.join('\n')}\nservices: *j`, /expand to too many values/],
    ['ten thousand brackets in one line', deepFlow, /nested too deeply/],
    ['ten thousand brackets in as many lines', deepLines, /nested too deeply|not valid YAML/],
    ['mappings three hundred deep', deepBlock, /nested too deeply/],
    ['a file of two megabytes', `x: ${'y'.repeat(2 * 1024 * 1024)}`, /too large/],
    ['an unknown tag', 'services: !!js/function x', /compose.yaml:1/],
    ['a key that is a mapping', 'services:\n  ? {a: b}\n  : c', /compose.yaml:2 .*key must be a plain text/],
    ['a key that reaches for the prototype', 'services:\n  __proto__: {image: a}', /compose.yaml:2 .*key must be a plain text/],
    ['a merge key on a text', 'services:\n  web:\n    <<: hello', /compose.yaml:3 .*merge key/],
  ])('is refused with a finding, not a crash: %s', (_what, file, says) => {
    const found = refusals({ 'compose.yaml': file });
    expect(found.join('\n')).toMatch(says);
  });

  const many = (count: number, line: (index: number) => string) => Array.from({ length: count }, (_, index) => line(index)).join('');
  const heavy: readonly (readonly [what: string, file: string])[] = [
    ['twenty thousand keys', many(20_000, (i) => `k${i}: 1\n`)],
    [
      'fifteen thousand services that do not exist',
      `services:\n  web:\n    image: a\n    depends_on:\n${many(15_000, (i) => `      - s${i}\n`)}`,
    ],
    ['a chain of thousands of services', `services:\n${many(4_000, (i) => `  s${i}: {image: a, depends_on: [s${i + 1}]}\n`)}`],
    [
      'six thousand ranges of all ports',
      `services:\n  web:\n    image: a\n    ports:\n${many(6_000, (i) => `      - "1-65535:${(i % 9) + 1}"\n`)}`,
    ],
    [
      'six thousand ports in the long form',
      `services:\n  web:\n    image: a\n    ports:\n${many(6_000, (i) => `      - {target: ${i + 1}, x: 1}\n`)}`,
    ],
    [
      'a long text with a variable, at thousands of aliases',
      `a: &a "$\${X}${'y'.repeat(100_000)}"\nx-b:\n${many(15_000, (i) => `  k${i}: *a\n`)}`,
    ],
    ['a constraint of spaces', `services: {web: {image: a, deploy: {placement: {constraints: ["${' '.repeat(400_000)}"]}}}}`],
    ['a name of letters', `services: {web: {image: a}}\nnetworks: {default: {name: "${'a'.repeat(400_000)}!"}}`],
    ['a duration of digits', `services: {web: {image: a, stop_grace_period: "${'1'.repeat(400_000)}"}}`],
  ];

  it.each(heavy)('is answered in seconds of processor time: %s', (_what, file) => {
    expect(processorMs(() => expect(read(file).ok).toBe(false))).toBeLessThan(4000);
  });

  it('that is an env file whose quote is left open is answered in seconds of processor time', () => {
    const files = { 'compose.yaml': 'services: {web: {image: a, env_file: a.env}}', 'a.env': `A="${'\n'.repeat(1_000_000)}` };
    const spent = processorMs(() => expect(refusals(files)[0]).toContain('Line 1 of this env file: A quote is left open.'));
    expect(spent).toBeLessThan(4000);
  });

  it.each([
    ['Windows line ends', 'services:\r\n  web:\r\n    image: a\r\n'],
    ['a byte order mark', '\uFEFFservices: {web: {image: a}}'],
    ['names of built-in members', 'services: {constructor: {image: a, environment: {toString: x}}}'],
  ])('is read all the same when it only has %s', (_what, file) => {
    expect(read(file).ok).toBe(true);
  });

  it('keeps counting lines right with Windows line ends', () => {
    expect(refusals('services:\r\n  web:\r\n    image: a\r\n    privileged: true\r\n')[0]).toMatch(
      /^compose.yaml:4 services.web.privileged/,
    );
  });
});

/** Not the clock's time: the machine may be busy with something else. */
function processorMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Words that mean something to the reader, so that random documents reach its insides. */
const KEYS = [
  ...new Set(
    Object.values(support).flatMap((table) =>
      'read' in table ? [...table.read, ...Object.keys(table.refused), ...Object.keys(table.harmless)] : [],
    ),
  ),
  'web',
  'x-shipmate',
  'hooks',
  'a',
  '<<',
];
const TEXTS = [
  '',
  'a',
  'a:b',
  'a:b:ro',
  '/x:/y',
  '80:80',
  '1-2:3',
  '8m',
  '5s',
  '$$',
  `\${A}`,
  `\${A:-b}`,
  `\${A:?}`,
  '$',
  '${',
  'no',
  'NONE',
  '*',
  '-1',
  '0',
  '../x',
  'K=V',
  '"',
];

const scalarValue = fc.oneof(
  fc.constantFrom(...TEXTS),
  fc.string({ maxLength: 12 }),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalarValue,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('tree'), { maxKeys: 4 }),
  ),
}));
const services = fc.dictionary(
  fc.constantFrom('web', 'api', 'db'),
  fc.dictionary(fc.constantFrom(...support.SERVICE.read), tree, { maxKeys: 3 }).map((service) => ({ image: 'a', ...service })),
  { maxKeys: 3 },
);
const section = fc.dictionary(fc.constantFrom('a', 'b'), tree, { maxKeys: 2 });

describe('any document at all', { timeout: 60_000 }, () => {
  it('is planned or refused, never a crash', () => {
    fc.assert(
      fc.property(tree, (value) => {
        const result = read(JSON.stringify(value) ?? '');
        if (!result.ok) expect(result.findings.length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });

  it('with services in it is planned or refused, merged with another like it too', () => {
    const document = fc.record(
      { services, networks: section, volumes: section, secrets: section, configs: section, 'x-shipmate': tree },
      { requiredKeys: ['services'] },
    );
    fc.assert(
      fc.property(document, document, (one, other) => {
        const files = { 'compose.yaml': JSON.stringify(one), 'other.yaml': JSON.stringify(other) };
        for (const composeFiles of [['compose.yaml'], ['compose.yaml', 'other.yaml']]) {
          const result = read(files, { composeFiles });
          if (!result.ok) expect(result.findings.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('of any bytes is planned or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void read({ 'compose.yaml': bytes })),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => void read(`services: {web: {image: ${text}}}`)),
      { numRuns: 300 },
    );
  });
});

describe('interpolation', () => {
  it('ends for any text, and changes none that has no dollar in it', () => {
    const piece = fc.oneof(fc.constantFrom('$', '{', '}', ':-', '?', '+', 'A', '$$', '${'), fc.string({ maxLength: 4 }));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const template = pieces.join('');
        const { text } = substitute(template, (name) => (name === 'A' ? 'value' : undefined));
        if (!template.includes('$')) expect(text).toBe(template);
      }),
    );
  });
});
