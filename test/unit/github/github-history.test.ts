import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { GithubHistory } from '../../../adapters/github/github-history.ts';
import { FakeClock, SILENT_LOGGER } from '../../support/builders-parts.ts';

const [FROM, TO] = ['a'.repeat(40), 'b'.repeat(40)];
const TOKEN = 'github_pat_secret';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Answers as documented at https://docs.github.com/en/rest/commits/commits#compare-two-commits, or as a test says. */
class Host {
  readonly asked: { readonly url: string; readonly authorization: string | undefined }[] = [];
  answer: Answer;
  readonly #server = createServer((request, response) => {
    this.asked.push({ url: request.url ?? '', authorization: request.headers.authorization });
    this.answer(request, response);
  });

  private constructor(answer: Answer) {
    this.answer = answer;
  }

  static async start(answer: Answer): Promise<Host> {
    const host = new Host(answer);
    await new Promise<void>((resolve) => host.#server.listen(0, '127.0.0.1', resolve));
    return host;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

const hosts: Host[] = [];
afterEach(() => {
  for (const host of hosts.splice(0)) host.close();
});

async function aHost(answer: Answer): Promise<Host> {
  const host = await Host.start(answer);
  hosts.push(host);
  return host;
}

const comparison = (message = 'Sell apples') => ({
  status: 'ahead',
  ahead_by: 1,
  behind_by: 0,
  total_commits: 1,
  commits: [{ sha: TO, commit: { message, author: { name: 'Ada' } }, author: { login: 'ada' } }],
});
const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Answer =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };

function historyOf(host: Host, clock = new FakeClock(Date.now())) {
  const said: string[] = [];
  const logger = { ...SILENT_LOGGER, info: (...all: unknown[]) => void said.push(JSON.stringify(all)) };
  const history = new GithubHistory({ apiUrl: `${host.url}/api/v3`, token: TOKEN, clock, logger });
  const repository = `${host.url}/acme/shop`;
  return { said, clock, repository, history, ask: (from = FROM, to = TO) => history.commitsBetween(repository, from, to) };
}

describe('GitHub, asked what was committed', () => {
  it('is asked under its API’s address, with the token and no more', async () => {
    const host = await aHost(json(comparison()));
    expect(await historyOf(host).ask()).toMatchObject({ known: true, between: { commits: [{ subject: 'Sell apples', author: 'Ada' }] } });
    expect(host.asked).toEqual([{ url: `/api/v3/repos/acme/shop/compare/${FROM}...${TO}`, authorization: `Bearer ${TOKEN}` }]);
  });

  it('is asked once, however often and by how many at once somebody wants to know', async () => {
    const host = await aHost(json(comparison()));
    const { ask, clock } = historyOf(host);
    await Promise.all([ask(), ask(), ask()]);
    await clock.advance(365 * 24 * 3_600_000);
    await ask();
    expect(host.asked).toHaveLength(1);
  });

  it.each(['https://gitlab.com/acme/shop', 'http://169.254.169.254/acme/shop', 'https://github.com/acme/shop'])(
    'is not asked about %s, nor is that host',
    async (repository) => {
      const host = await aHost(json(comparison()));
      expect(await historyOf(host).history.commitsBetween(repository, FROM, TO)).toEqual({ known: false, because: 'other_host' });
      expect(host.asked).toEqual([]);
    },
  );

  it.each(['main', '../../user', `${TO}?page=1`, '', 'HEAD~1', `${TO}/../../../user`])('is not asked about the commit “%s”', async (to) => {
    const host = await aHost(json(comparison()));
    expect(await historyOf(host).ask(FROM, to)).toEqual({ known: false, because: 'not_found' });
    expect(host.asked).toEqual([]);
  });

  it('is followed to where a renamed repository went, on its own origin', async () => {
    const host = await aHost((request, response) => {
      if (request.url?.startsWith('/api/v3/repositories/1/') === true) return json(comparison())(request, response);
      response.writeHead(301, { location: '/api/v3/repositories/1/compare' }).end();
    });
    expect(await historyOf(host).ask()).toMatchObject({ known: true });
  });

  it('sends neither question nor token to whoever a redirect names', async () => {
    const stranger = await aHost(json(comparison()));
    const host = await aHost((_request, response) => response.writeHead(302, { location: `${stranger.url}/elsewhere` }).end());
    expect(await historyOf(host).ask()).toEqual({ known: false, because: 'other_host' });
    expect(stranger.asked).toEqual([]);
  });

  it('is not followed in circles', async () => {
    const host = await aHost((_request, response) => response.writeHead(302, { location: '/again' }).end());
    expect(await historyOf(host).ask()).toMatchObject({ known: false });
    expect(host.asked.length).toBeLessThan(5);
  });

  const refusals: readonly [string, Answer, string][] = [
    ['is not there', json({ message: 'Not Found' }, 404), 'not_found'],
    ['wants another token', json({ message: 'Bad credentials' }, 401), 'not_allowed'],
    ['is down', json({}, 503), 'unreachable'],
    ['answers no JSON', (_request, response) => response.end('<html>'), 'malformed'],
    ['answers another shape', json({ ahead_by: 'many' }), 'malformed'],
    ['breaks off', (request) => request.destroy(), 'unreachable'],
    ['says more than is read', (_request, response) => void response.end(Buffer.alloc(5 * 1024 * 1024, 32)), 'too_large'],
    ['never ends', (_request, response) => void response.write('{'), 'unreachable'],
  ];
  it.each(refusals)('is let be for a while when it %s', async (_name, answer, because) => {
    const host = await aHost(answer);
    const { ask, clock, said } = historyOf(host);
    expect(await ask()).toEqual({ known: false, because });
    await clock.advance(30_000);
    expect(await ask()).toEqual({ known: false, because });
    expect(host.asked).toHaveLength(1);
    host.answer = json(comparison());
    await clock.advance(3_600_000);
    expect(await ask()).toMatchObject({ known: true });
    expect(said.join()).not.toContain(TOKEN);
  });

  it.each<[string, Answer]>([
    ['429 and a time to wait', json({}, 429, { 'retry-after': '600' })],
    [
      '403 and nothing left',
      json({}, 403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 600) }),
    ],
  ])('is asked nothing at all while it says %s', async (_name, answer) => {
    const host = await aHost(answer);
    const { ask, clock } = historyOf(host);
    expect(await ask()).toEqual({ known: false, because: 'busy' });
    await clock.advance(300_000);
    expect(await ask()).toEqual({ known: false, because: 'busy' });
    expect(await ask(FROM, 'c'.repeat(40))).toEqual({ known: false, because: 'busy' });
    expect(host.asked).toHaveLength(1);
    host.answer = json(comparison());
    await clock.advance(400_000);
    expect(await ask()).toMatchObject({ known: true });
  });

  it('is believed only so much: texts are cut', async () => {
    const host = await aHost(json(comparison(`\n\n${'x'.repeat(100_000)}\nsecond line`)));
    const answer = await historyOf(host).ask();
    if (!answer.known) throw new Error(answer.because);
    expect(answer.between.commits[0]?.subject).toHaveLength(200);
  });
});
