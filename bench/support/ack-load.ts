import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { command, signedForm } from '../../test/support/slack/sender.ts';

/** What the parent asks for: one load against one address. */
export type LoadRequest =
  | { readonly kind: 'open'; readonly url: string; readonly perSecond: number; readonly seconds: number }
  | { readonly kind: 'closed'; readonly url: string; readonly inFlight: number; readonly seconds: number };

export type LoadResult = { readonly latencies: readonly number[]; readonly failures: number; readonly seconds: number };

const agent = new Agent({ keepAlive: true, maxSockets: 500, scheduling: 'lifo' });

process.on('message', (asked: LoadRequest) => {
  void (asked.kind === 'open' ? open(asked) : closed(asked)).then((result) => process.send?.(result));
});

/**
 * Arrivals at a fixed rate, whatever the other side does. A latency counts from when its request was due, so that a generator that was held
 * up does not hide what a person would have waited.
 */
async function open({ url, perSecond, seconds }: Extract<LoadRequest, { kind: 'open' }>): Promise<LoadResult> {
  const total = perSecond * seconds;
  const result: Collected = { latencies: [], failures: 0 };
  const startsAt = performance.now() + 20;
  const sent: Promise<void>[] = [];
  // One is signed ahead of its time, so that signing is nobody's latency.
  let next = aCommand();
  for (let index = 0; index < total; index++) {
    const dueAt = startsAt + (index * 1000) / perSecond;
    await until(dueAt);
    sent.push(send(url, next, dueAt, result));
    next = aCommand();
  }
  await Promise.all(sent);
  return { ...result, seconds: (performance.now() - startsAt) / 1000 };
}

/** As many at a time as asked for: the next one leaves when one is answered. */
async function closed({ url, inFlight, seconds }: Extract<LoadRequest, { kind: 'closed' }>): Promise<LoadResult> {
  const result: Collected = { latencies: [], failures: 0 };
  const startsAt = performance.now();
  const endsAt = startsAt + seconds * 1000;
  const lane = async () => {
    while (performance.now() < endsAt) {
      const next = aCommand();
      await send(url, next, performance.now(), result);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return { ...result, seconds: (performance.now() - startsAt) / 1000 };
}

type Collected = { latencies: number[]; failures: number };

function aCommand(): ReturnType<typeof signedForm> {
  return signedForm(command('/help', { trigger_id: randomUUID() }));
}

function send(url: string, { body, headers }: ReturnType<typeof signedForm>, since: number, result: Collected): Promise<void> {
  return new Promise((resolve) => {
    const failed = () => {
      result.failures += 1;
      resolve();
    };
    const sent = request(url, { method: 'POST', agent, headers: { ...headers, 'content-length': Buffer.byteLength(body) } }, (response) => {
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
      });
      response.on('error', failed);
      response.on('end', () => {
        // An acknowledgement is empty: words in it would say that the command was not kept.
        if (response.statusCode !== 200 || length > 0) return failed();
        result.latencies.push(performance.now() - since);
        resolve();
      });
    });
    sent.on('error', failed);
    sent.end(body);
  });
}

async function until(at: number): Promise<void> {
  for (let left = at - performance.now(); left > 0; left = at - performance.now()) {
    if (left > 1.5) await new Promise((resolve) => setTimeout(resolve, left - 1));
    else await new Promise((resolve) => setImmediate(resolve));
  }
}
