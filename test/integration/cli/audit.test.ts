import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyLines } from '../../../src/application/verify-audit-trail.ts';
import { exportTrail, printHead, verify } from '../../../src/cli/audit/commands.ts';
import { StartRefused } from '../../../src/cli/start-refused.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { runAll, tamper } from '../../support/stored-audit.ts';

const MAIN = join(import.meta.dirname, '../../../src/main.ts');

const OPTIONS = {
  file: { type: 'string' },
  head: { type: 'string', multiple: true },
  excerpt: { type: 'boolean' },
  format: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  app: { type: 'string' },
} as const;

describe('shipmate audit', () => {
  let test: TestDatabase;
  let folder: string;
  beforeAll(async () => {
    test = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'shipmate-audit-'));
    await append('shop/staging', { version: '1.0.0', reason: '=HYPERLINK("http://x")' });
    await append('blog/staging', { text: 'line\nbreak, "quotes"\u2028', nested: { deep: [1, 1.5, null, { ü: true }] } });
    await append('shop', { number: 1e21 });
    await append('@SUM(A1)', {});
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    await test.drop();
  });

  async function append(subject: string, details: JsonObject): Promise<void> {
    const at = Date.UTC(2026, 10, 20);
    await test.database.stores.audit.append({ at, actor: 'ada', action: 'a', subject, source: 'web:ops', result: 'done', details });
  }

  /** As the command line would, without the start of a process each time. */
  async function shipmate(...args: string[]): Promise<{ code: number; stdout: string }> {
    const pieces: string[] = [];
    const stdout = new Writable({
      write(chunk, _encoding, done) {
        pieces.push(String(chunk));
        done();
      },
    });
    const around = { env: { PATH: process.env['PATH'], DATABASE_URL: test.appUrl, LOG_LEVEL: 'error' }, stdout };
    const [verb, ...rest] = args;
    const { values } = parseArgs({ args: rest, options: OPTIONS });
    let code = 0;
    if (verb === 'head') await printHead(around);
    else if (verb === 'export') await exportTrail({ ...values, format: values.format ?? 'jsonl' }, around);
    else code = await verify({ ...values, head: values.head ?? [] }, around);
    return { code, stdout: pieces.join('') };
  }

  async function exported(name: string, ...options: string[]): Promise<{ file: string; text: string }> {
    const { code, stdout } = await shipmate('export', ...options);
    expect(code).toBe(0);
    const file = join(folder, name);
    await writeFile(file, stdout);
    return { file, text: stdout };
  }

  it('exports what verifies without the database, against the head that it prints', async () => {
    const head = (await shipmate('head')).stdout.trim();
    const { file, text } = await exported('all.jsonl');
    expect(text.split('\n')).toHaveLength(5);
    expect(JSON.parse(text.split('\n')[2] ?? '')).toMatchObject({ seq: 3, subject: 'shop', details: { number: 1e21 } });
    expect(await shipmate('verify', '--file', file, '--head', head)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('OK: 4 records, 1 to 4'),
    });
    expect(await shipmate('verify', '--head', head)).toMatchObject({ code: 0, stdout: expect.stringContaining(`Head: ${head}`) });
  });

  it('says which line of a file was changed, and that the end is missing', async () => {
    const head = (await shipmate('head')).stdout.trim();
    const { text } = await exported('some.jsonl');
    const file = join(folder, 'changed.jsonl');
    await writeFile(file, text.replace('"blog/staging"', '"shop/staging"'));
    expect(await shipmate('verify', '--file', file)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('BROKEN: record 2 was changed'),
    });
    await writeFile(file, text.split('\n').slice(0, 3).join('\n'));
    expect(await shipmate('verify', '--file', file)).toMatchObject({ code: 0, stdout: expect.stringContaining('--head') });
    expect(await shipmate('verify', '--file', file, '--head', head)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('the trail ends with record 3, and record 4 was there'),
    });
    await writeFile(file, `${text.split('\n')[0]}\n{"seq":2}\n`);
    expect(await shipmate('verify', '--file', file)).toMatchObject({ code: 1, stdout: expect.stringContaining('line 2 is not a record') });
  });

  it('exports one app, which verifies as an excerpt only', async () => {
    const { file, text } = await exported('shop.jsonl', '--app', 'shop');
    expect(text.trim().split('\n')).toHaveLength(2);
    expect(await shipmate('verify', '--file', file)).toMatchObject({ code: 1 });
    expect(await shipmate('verify', '--file', file, '--excerpt')).toMatchObject({ code: 0 });
    expect((await exported('none.jsonl', '--until', '2026-01-01')).text).toBe('');
    expect((await exported('day.jsonl', '--since', '1d')).text.trim().split('\n')).toHaveLength(4);
  });

  it('exports cells that a spreadsheet shows instead of running them', async () => {
    const { text } = await exported('all.csv', '--format', 'csv');
    expect(text.split('\r\n')[0]).toBe(
      '"seq","at","actor","action","subject","source","result","details","id","linkedAt","previous","hash"',
    );
    expect(text).toContain(`"'@SUM(A1)"`);
    expect(text).toContain('"2026-11-20T00:00:00.000Z"');
    expect(text).toContain('"{""nested"":{""deep"":[1,1.5,null,{""ü"":true}]},""text"":""line\\nbreak, \\""quotes\\""\u2028""}"');
    expect(text).not.toMatch(/(^|,)"[=+\-@\t]/m);
  });

  it.each([
    [['export', '--format', 'xml'], 'no format'],
    [['export', '--since', 'yesterday'], 'takes a time'],
    [['verify', '--head', '5'], 'no head of a trail'],
    [['verify', '--excerpt'], 'about a file'],
    [['verify', '--file', '/nowhere/not-there.jsonl'], 'cannot be read (ENOENT)'],
  ])('refuses %s with what to write instead', async (args, because) => {
    const refused = await shipmate(...args).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StartRefused);
    expect(String(refused)).toContain(because);
  });

  it('reads a long trail a page at a time', async () => {
    await runAll(
      test.url,
      `INSERT INTO audit (at, actor, action, subject, source, result, details)
       SELECT n, 'many', 'a', 's', 'x', 'done', '{"n": 1}' FROM generate_series(1, 4500) n`,
    );
    const { text } = await exported('long.jsonl');
    async function* lines() {
      yield* text.split('\n');
    }
    expect(await verifyLines(lines(), [], false)).toMatchObject({ checked: 4504, fault: null });
  });

  it('ends with status 1 and the first bad record when somebody changed one', async () => {
    await tamper(test.url, `UPDATE audit SET actor = 'eve' WHERE id IN (SELECT record FROM audit_chain WHERE seq IN (3, 4000))`);
    const env = { PATH: process.env['PATH'], DATABASE_URL: test.appUrl, LOG_LEVEL: 'error' };
    const { status, stdout } = spawnSync(process.execPath, [MAIN, 'audit', 'verify'], { env, cwd: folder, encoding: 'utf8' });
    expect([status, stdout]).toEqual([1, expect.stringContaining('BROKEN: record 3 was changed')]);
  });
});
