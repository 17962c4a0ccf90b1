import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { PostgresDatabase } from '../../../adapters/postgres/postgres-database.ts';
import { readChain, type Verification, verifyChain, verifyLines } from '../../application/verify-audit-trail.ts';
import { type ChainHead, exportLine, headText, parseHead } from '../../domain/audit-chain.ts';
import { CSV_HEADER, csvLine } from '../../domain/audit-csv.ts';
import type { AuditLog, LinkFilter } from '../../ports/audit-log.ts';
import { databaseUrls } from '../database-urls.ts';
import { start } from '../start.ts';
import { StartRefused } from '../start-refused.ts';
import { momentOf } from './moment.ts';
import { readLines } from './read-lines.ts';

export type ExportOptions = { readonly format: string; readonly since?: string; readonly until?: string; readonly app?: string };
export type VerifyOptions = { readonly file?: string; readonly head: readonly string[]; readonly excerpt?: boolean };

/** Where a command reads its settings and writes its answer. */
export type Surroundings = { readonly env: NodeJS.ProcessEnv; readonly stdout: Writable };

/** `shipmate audit head`: the end of the trail, to be kept where whoever has the database does not reach it. */
export function printHead(around: Surroundings): Promise<void> {
  return withTrail(around, async (audit) => {
    await write(around.stdout, `${headText(await audit.head())}\n`);
  });
}

/** `shipmate audit verify`: status 1 and the first bad record when the trail, or an export of it, is not as it was written. */
export async function verify({ file, head, excerpt = false }: VerifyOptions, around: Surroundings): Promise<0 | 1> {
  const anchors = head.map(anchorOf);
  if (file === undefined && excerpt) throw new StartRefused('--excerpt is about a file', ['Name it: --file export.jsonl']);
  const found =
    file === undefined
      ? await withTrail(around, (audit) => verifyChain(audit, anchors))
      : await verifyLines(readLines(file), anchors, excerpt);
  await write(around.stdout, answerOf(found, anchors));
  return found.fault === null ? 0 : 1;
}

/** `shipmate audit export`: the trail on standard output, in order. */
export async function exportTrail({ format, since, until, app }: ExportOptions, around: Surroundings): Promise<void> {
  if (format !== 'jsonl' && format !== 'csv') throw new StartRefused(`“${format}” is no format of an export`, ['There are jsonl and csv.']);
  const now = Date.now();
  const filter = { sinceMs: momentOf('--since', since, now), untilMs: momentOf('--until', until, now), app: app ?? null };
  const { stdout } = around;
  await withTrail(around, async (audit) => {
    if (format === 'csv') await write(stdout, CSV_HEADER);
    for await (const line of exportedLines(audit, filter, format)) if (!(await write(stdout, line))) return;
  });
}

async function* exportedLines(audit: AuditLog, filter: LinkFilter, format: 'jsonl' | 'csv'): AsyncGenerator<string> {
  for await (const { seq, record } of readChain(audit, filter)) {
    // An export with a hole in it would look like one that somebody made later.
    if (record === null) throw new StartRefused(`record ${seq} is missing in the database`, ['`shipmate audit verify` says more.']);
    yield format === 'csv' ? csvLine(record) : `${exportLine(record)}\n`;
  }
}

/** False when nobody reads any more (`| head`). Waits for a slow reader, so that nothing piles up in memory. */
async function write(stdout: Writable, text: string): Promise<boolean> {
  if (stdout.destroyed || !stdout.writable) return false;
  if (!stdout.write(text)) await Promise.race([once(stdout, 'drain'), once(stdout, 'close')]);
  return true;
}

function answerOf({ checked, first, last, fault }: Verification, anchors: readonly ChainHead[]): string {
  if (fault !== null) return `BROKEN: ${fault.message}.\n${checked} records before it are as they were written.\n`;
  const found =
    first === null
      ? 'There is no record.\n'
      : `OK: ${checked} records, ${first} to ${last.seq}, are as they were written.\nHead: ${headText(last)}\n`;
  const hint = 'That nothing was cut off or written anew, a head shows that was kept elsewhere: --head <seq:hash>\n';
  return anchors.length === 0 ? found + hint : found;
}

function anchorOf(text: string): ChainHead {
  const head = parseHead(text);
  if (head === null)
    throw new StartRefused(`“${text}” is no head of a trail`, ['Write it as `shipmate audit head` prints it: <seq>:<hash>.']);
  return head;
}

/** Reads only: a trail in doubt is not touched, and so not migrated either. */
async function withTrail<T>({ env, stdout }: Surroundings, work: (audit: AuditLog) => Promise<T>): Promise<T> {
  const started = start({ destination: process.stderr, env });
  const { logger, closers } = started;
  const onError = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  };
  stdout.on('error', onError);
  try {
    const { connectionString } = await databaseUrls(started);
    const database = new PostgresDatabase({ connectionString, logger, poolSize: 1 });
    closers.add('database', () => database.close());
    const pending = await database.pendingMigrations();
    if (pending.length > 0) throw new StartRefused('the database is older than this Shipmate', ['Run `shipmate migrate` first.']);
    return await work(database.stores.audit);
  } finally {
    stdout.off('error', onError);
    await closers.closeAll();
  }
}
