/**
 * Asks for the shop's page again and again, over a fresh name look-up and connection each time, and says four times a second,
 * and at its end, in one line of JSON: how many answers by version, how many failures by reason, how long the slowest took, and the moment up to which
 * every request has ended. Not part of the app: run it beside the app to see that an update loses no request.
 */
import { lookup } from 'node:dns/promises';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const HOST = process.env['VISIT'] ?? 'tasks.web';
const VISITORS = Number(process.env['VISITORS'] ?? 4);
const PAUSE_MS = Number(process.env['PAUSE_MS'] ?? 20);
/** An answer that takes longer than this counts as none. */
const PATIENCE_MS = Number(process.env['PATIENCE_MS'] ?? 5_000);

const answers: Record<string, number> = {};
const failures: Record<string, number> = {};
/** The visits that are still waiting, by when they began. */
const waiting = new Set<{ readonly since: number }>();
let slowestMs = 0;
/** 0: until it is told to stop. */
const SECONDS = Number(process.env['SECONDS'] ?? 0);
let stopping = false;
if (SECONDS > 0) setTimeout(stop, SECONDS * 1000);
process.once('SIGTERM', stop);
process.once('SIGINT', stop);

function stop(): void {
  stopping = true;
}

/** The version that answered. Rejects unless the answer is a whole page with status 200. */
async function visit(): Promise<string> {
  const addresses = await lookup(HOST, { all: true, family: 4 });
  const { address } = addresses[Math.floor(Math.random() * addresses.length)] ?? { address: HOST };
  return new Promise((resolve, reject) => {
    const visiting = request({ host: address, port: 8080, path: '/', agent: false, timeout: PATIENCE_MS }, (response) => {
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200 && response.complete) resolve(String(response.headers['x-version']));
        else reject(new Error(`status ${response.statusCode}`));
      });
      response.resume();
    });
    visiting.on('timeout', () => visiting.destroy(new Error(`no answer within ${PATIENCE_MS} ms`)));
    visiting.on('error', reject);
    visiting.end();
  });
}

async function keepVisiting(): Promise<void> {
  while (!stopping) {
    const visiting = { since: Date.now() };
    waiting.add(visiting);
    try {
      const version = await visit();
      answers[version] = (answers[version] ?? 0) + 1;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      failures[reason] = (failures[reason] ?? 0) + 1;
    }
    waiting.delete(visiting);
    slowestMs = Math.max(slowestMs, Date.now() - visiting.since);
    await sleep(PAUSE_MS);
  }
}

function report(): void {
  const endedUntil = Math.min(Date.now(), ...[...waiting].map(({ since }) => since));
  process.stdout.write(`${JSON.stringify({ answers, failures, slowestMs, endedUntil })}\n`);
}

const reporting = setInterval(report, 250);
await Promise.all(Array.from({ length: VISITORS }, keepVisiting));
clearInterval(reporting);
report();
