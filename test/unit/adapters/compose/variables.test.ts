// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are Compose's variables, not JavaScript's
import { describe, expect, it } from 'vitest';
import { type Files, type Options, read, readSpec, refusals, warnings } from '../../../support/compose/memory-project.ts';

describe('variables', () => {
  const image = (template: string) => `services: {web: {image: "${template}"}}`;
  const imageOf = (template: string, options: Options = {}) => readSpec(image(template), options).services['web']?.image;
  const variables = { SET: 'v', EMPTY: '', OTHER: 'o' };

  it.each([
    ['a:$SET', 'a:v'],
    ['a:${SET}', 'a:v'],
    ['a:${NONE:-d}', 'a:d'],
    ['a:${EMPTY:-d}', 'a:d'],
    ['a:${EMPTY-d}', 'a:'],
    ['a:${NONE-d}', 'a:d'],
    ['a:${SET:+alt}', 'a:alt'],
    ['a:${EMPTY:+alt}x', 'a:x'],
    ['a:${EMPTY+alt}', 'a:alt'],
    ['a:${NONE+alt}x', 'a:x'],
    ['a:${SET:?needed}', 'a:v'],
    ['a:${EMPTY?needed}x', 'a:x'],
    ['a:${NONE:-${ALSO:-${OTHER}}}', 'a:o'],
    ['a:${NONE:-$OTHER}', 'a:o'],
    ['a:$$SET', 'a:$SET'],
    ['a:$${SET}', 'a:${SET}'],
    ['a:${NONE:-}x', 'a:x'],
    ['a:$SET-$OTHER', 'a:v-o'],
    ['$SHIPMATE_APP:$SHIPMATE_ENVIRONMENT', 'shop:staging'],
  ])('turn %s into %s', (template, expected) => {
    expect(imageOf(template, { variables })).toBe(expected);
  });

  it.each<[template: string, says: string]>([
    [
      'a:$NONE',
      "The variable NONE is not set. Set it in the app environment's `variables` or `env_files` in shipmate.yml (the bot's own environment is never read",
    ],
    ['a:${NONE:?ask Ops}', 'The variable NONE is required and not set (ask Ops).'],
    ['a:${EMPTY:?}', 'The variable EMPTY is required and not set.'],
    ['a:${VERSION}', 'A version is needed here and none was given.'],
    ['a:${VERSION:?}', 'A version is needed here and none was given.'],
    ['a:${', '"${" is not a valid variable.'],
    ['a:${1}', '"${1}" is not a valid variable.'],
    ['a:${SET!}', '"${SET!}" is not a valid variable.'],
    ['a: $ b', '"$ b" is not a valid variable.'],
  ])('refuse %s', (template, says) => {
    const [first] = refusals(image(template), { variables });
    expect(first).toContain(says);
    expect(first).toContain('compose.yaml:1 services.web.image: ');
  });

  it('never come from the process that runs the bot', () => {
    const name = Object.keys(process.env).find((key) => /^[A-Z]+$/.test(key)) ?? 'PATH';
    expect(refusals(image(`a:\${${name}}`))[0]).toContain(`The variable ${name} is not set.`);
    expect(readSpec(`services: {web: {image: a, environment: [${name}]}}`).services['web']?.environment).toEqual({ [name]: null });
  });

  it('come from env files, then the environment, then Shipmate itself, later ones winning', () => {
    const files: Files = {
      'compose.yaml': image('${A}-${B}-${SHIPMATE_APP}'),
      'one.env': 'A=1\nB=1\nSHIPMATE_APP=evil',
      'two.env': 'B=2\nA=$B',
    };
    const envFiles = ['/workspace/shop/one.env', '/workspace/shop/two.env'];
    expect(readSpec(files, { envFiles }).services['web']?.image).toBe('2-2-shop');
    expect(readSpec(files, { envFiles, variables: { A: 'x' } }).services['web']?.image).toBe('x-2-shop');
  });

  it.each<[version: string | null, template: string, options: Options, used: string | null]>([
    ['2.0.0', 'a:${VERSION}', {}, '2.0.0'],
    ['2.0.0', 'a:${VERSION:-1.0.0}', {}, '2.0.0'],
    [null, 'a:${VERSION:-1.0.0}', {}, '1.0.0'],
    [null, 'a:${VERSION:-${OTHER}}', { variables: { OTHER: '3' } }, '3'],
    [null, 'a:$VERSION', { variables: { VERSION: '7' } }, '7'],
    ['2.0.0', 'a:$VERSION', { variables: { VERSION: '7' } }, '2.0.0'],
    [null, 'a:1', {}, null],
  ])('report the version used: asked %s of %s', (version, template, options, used) => {
    const result = read(image(template), { ...options, version });
    expect(result.ok && result.version).toBe(used);
  });

  it('refuse a version that could not be one', () => {
    expect(refusals(image('a:$VERSION'), { version: '1 && rm' })[0]).toContain('This is not a version.');
  });

  it('warn when a version was asked for and nothing uses it', () => {
    expect(warnings(image('a:1'), { version: '2' }).join()).toContain('Nothing in these files uses ${VERSION}');
  });
});

describe('secrets of the environment', () => {
  const stored = { has: (name: string) => name === 'DB_URL', open: () => new TextEncoder().encode('postgres://hunter2@db') };
  const options = { secrets: stored };
  const delivered = 'services: {web: {image: a, secrets: [db]}}\nsecrets: {db: {environment: DB_URL}}';

  it('become engine secrets where a Compose secret names them, before a variable of that name', () => {
    const result = read(delivered, { ...options, variables: { DB_URL: 'from a variable' } });
    if (!result.ok) throw new Error('refused');
    expect(new TextDecoder().decode(result.contents.secrets.get('db'))).toBe('postgres://hunter2@db');
    expect(result.spec.secrets['db']).toMatchObject({ engineName: 'shop-staging_db_f00000000015', secretName: 'DB_URL' });
    expect(JSON.stringify(result.spec)).not.toContain('hunter2');
  });

  it.each([
    ['services: {web: {image: a, environment: {URL: "${DB_URL}"}}}', 'services.web.environment.URL: DB_URL is a secret'],
    ['services: {web: {image: a, environment: {URL: "${DB_URL:?needed}"}}}', 'services.web.environment.URL: DB_URL is a secret'],
    ['services: {web: {image: a, environment: [DB_URL]}}', 'services.web.environment.DB_URL: DB_URL is a secret'],
    ['services: {web: {image: a, labels: {a: $DB_URL}}}', 'services.web.labels.a: DB_URL is a secret'],
    ['services: {web: {image: a, configs: [c]}}\nconfigs: {c: {environment: DB_URL}}', 'configs.c.environment: "DB_URL" is a secret'],
  ])('are never filled into texts: %s', (file, says) => {
    const said = refusals(file, options);
    expect(said).toEqual([expect.stringContaining(says)]);
    expect(said.join()).not.toContain('hunter2');
  });

  it('are no text either where a default stands in for them', () => {
    const spec = readSpec('services: {web: {image: a, environment: {URL: "${DB_URL:-none}"}}}', options);
    expect(spec.services['web']?.environment).toEqual({ URL: 'none' });
  });

  it('are warned about where they cannot be asked', () => {
    expect(warnings(delivered, { secrets: 'unknown' })).toEqual([
      expect.stringContaining(
        'secrets.db.environment: Whether the secret "DB_URL" is set was not checked. `/secret list shop staging` tells.',
      ),
    ]);
  });
});
