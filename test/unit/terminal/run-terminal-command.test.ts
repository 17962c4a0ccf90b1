import { describe, expect, it } from 'vitest';
import type { Questions } from '../../../adapters/terminal/questions.ts';
import { runTerminalCommand } from '../../../adapters/terminal/run-terminal-command.ts';
import { codeField } from '../../../commands/approval-forms.ts';
import type { Element, Message, Outcome } from '../../../src/chat/message.ts';
import { only } from '../../support/builders-parts.ts';

type Stored = { id: string; key: string; position: number; author: { kind: 'bot' }; content: Message };

/** A chat server as a `fetch`: what is sent decides what stands in the channel and what the stream brings. */
class FakeServer {
  readonly sent: { path: string; body: Record<string, unknown> }[] = [];
  readonly messages: Stored[] = [];
  /** What each connection of the stream brings before it ends. */
  readonly streams: Stored[][] = [];
  answers: object[] = [];
  token: string | null = null;

  readonly fetch: typeof fetch = async (input, init) => {
    const { pathname } = new URL(String(input));
    this.token = new Headers(init?.headers).get('authorization');
    const path = pathname.replace('/api/v1/chat', '');
    if (path === '/channels') return Response.json({ channels: [{ name: 'ops' }, { name: 'random' }] });
    if (path === '/stream') {
      const events = (this.streams.shift() ?? []).map(
        (message) => `id: ${message.position}\nevent: message\ndata: ${JSON.stringify(message)}\n\n`,
      );
      return new Response(`retry: 1000\n\nevent: heartbeat\ndata: 1\n\n${events.join('')}`);
    }
    if (path.startsWith('/threads/')) return Response.json({ messages: [stored('thread:d1:failure', 'danger', 'web exited with 1')] });
    if (path.startsWith('/channels/')) return Response.json({ messages: this.messages, position: 7, hasMore: false });
    const body: unknown = JSON.parse(String(init?.body));
    this.sent.push({ path, body: typeof body === 'object' && body !== null ? { ...body } : {} });
    const answer = this.answers.shift();
    if (answer === undefined) return Response.json({ error: { code: 'not_signed_in', message: 'Sign in first.' } }, { status: 401 });
    const { deliveryId } = this.sent.at(-1)?.body ?? {};
    for (const message of this.messages) if (message.key === 'reply:*') message.key = `reply:${String(deliveryId)}`;
    return Response.json(answer);
  };
}

function stored(key: string, tone: Message['tone'], text: string, outcome?: Outcome, position = 8): Stored {
  const content: Message = {
    summary: text,
    tone,
    elements: [{ type: 'text', text, style: 'normal' }],
    ...(outcome === undefined ? {} : { outcome }),
  };
  return { id: `m${position}`, key, position, author: { kind: 'bot' }, content };
}

async function run(
  server: FakeServer,
  argv: readonly string[],
  options: { answer?: boolean; questions?: Questions; signal?: AbortSignal } = {},
) {
  let text = '';
  const { answer, questions } = options;
  const code = await runTerminalCommand({
    baseUrl: 'http://127.0.0.1:1',
    token: 'token-12345',
    argv,
    output: {
      write: (more: string) => {
        text += more;
      },
    },
    signal: options.signal ?? new AbortController().signal,
    fetch: server.fetch,
    ...(questions === undefined ? {} : { questions }),
    ...(answer === undefined ? {} : { questions: only<Questions>('questions', { confirm: async () => answer }) }),
  });
  return { code, text };
}

const CARD = { kind: 'card', deploymentId: 'd1' };

describe('a command in the terminal', () => {
  it('prints a value that is shown once, whole and on a line of its own, and says where other forms can be answered when nobody can be asked', async () => {
    const server = new FakeServer();
    const secret = `shm_${'x'.repeat(200)}`;
    const field = {
      type: 'input',
      name: 'token',
      label: 'Copy it now',
      placeholder: '',
      initial: secret,
      optional: false,
      multiline: false,
    };
    const form = { action: 'token-shown:1', title: 'Token ci', submit: 'Done' };
    server.answers = [{ kind: 'form', form: { ...form, fields: [{ ...field, isSecret: true, isShownOnce: true }] } }];
    expect(await run(server, ['token', 'create', 'ci'])).toEqual({ code: 0, text: `Token ci. Copy it now:\n${secret}\n` });
    server.answers = [{ kind: 'form', form: { ...form, fields: [{ ...field, initial: 'typed' }] } }];
    const { code, text } = await run(server, ['approve', 'k3x9m2pq']);
    expect(code).toBe(1);
    expect(text).toContain(
      'asks for: Copy it now.\nRun it in a terminal, without a pipe on either side, or use the browser chat at http://127.0.0.1:1',
    );
    expect(text).not.toContain('typed');
  });

  it('is sent to the workspace’s first channel and followed until the deployment has succeeded', async () => {
    const server = new FakeServer();
    server.answers = [CARD];
    server.streams.push([
      stored('card:other', 'danger', 'not ours', 'failure'),
      stored('card:d1', 'progress', 'deploying', 'pending', 9),
      stored('card:d1', 'success', 'done', 'success', 10),
    ]);
    const { code, text } = await run(server, ['deploy', 'shop', 'staging', '--reason', 'two words']);
    expect(code).toBe(0);
    expect(text).toBe('deploying\ndone\n');
    expect(server.sent).toMatchObject([{ path: '/messages', body: { channel: 'ops', text: '/deploy shop staging --reason "two words"' } }]);
    expect(server.token).toBe('Bearer token-12345');
  });

  it('goes on after the connection was lost', async () => {
    const server = new FakeServer();
    server.answers = [CARD];
    server.streams.push([stored('card:d1', 'progress', 'deploying', 'pending')], [stored('card:d1', 'success', 'done', 'success', 9)]);
    expect(await run(server, ['deploy', 'shop', 'staging'])).toEqual({ code: 0, text: 'deploying\ndone\n' });
  });

  it('ends with 1 and the reasons when the deployment failed', async () => {
    const server = new FakeServer();
    server.answers = [CARD];
    server.streams.push([stored('card:d1', 'warning', 'taken back', 'failure')]);
    const { code, text } = await run(server, ['deploy', 'shop', 'staging']);
    expect(code).toBe(1);
    expect(text).toBe('taken back\n\nweb exited with 1\n');
  });

  it.each([
    ['cancel', 0],
    ['rollback', 0],
    ['deploy', 1],
  ] as const)('counts a cancelled deployment for /%s as %i', async (name, expected) => {
    const server = new FakeServer();
    server.answers = [CARD];
    server.streams.push([stored('card:d1', 'warning', 'cancelled', 'cancelled')]);
    expect((await run(server, [name, 'shop', 'staging'])).code).toBe(expected);
  });

  it('prints a refusal and ends with 1', async () => {
    const server = new FakeServer();
    server.messages.push(stored('reply:*', 'warning', 'You may not.'));
    server.answers = [{ kind: 'refusal', refusal: { refused: 'not_allowed', message: 'You may not.', hint: null, details: [] } }];
    expect(await run(server, ['deploy', 'shop', 'production'])).toEqual({ code: 1, text: 'You may not.\n' });
  });

  const confirmation = (): FakeServer => {
    const server = new FakeServer();
    const question = stored('reply:*', 'warning', 'staging goes from 1.1.0 back to 1.0.0.');
    const button = { action: 'rollback-to:shop.staging.3.4', label: 'Roll back to 1.0.0', style: 'danger', confirm: null } as const;
    server.messages.push({
      ...question,
      content: { ...question.content, elements: [...question.content.elements, { type: 'buttons', buttons: [button] }] },
    });
    server.answers = [{ kind: 'message', visibility: 'private' }, CARD];
    server.streams.push([stored('card:d1', 'success', 'done', 'success')]);
    return server;
  };

  it('asks what the private answer asks, and clicks on yes', async () => {
    const server = confirmation();
    const { code } = await run(server, ['rollback', 'shop', 'staging'], { answer: true });
    expect(code).toBe(0);
    expect(server.sent[1]).toMatchObject({ path: '/actions', body: { action: 'rollback-to:shop.staging.3.4', channel: 'ops' } });
  });

  it.each([
    [{ answer: false }, 'Nothing was done.'],
    [{}, 'Nobody can be asked here: run it in a terminal, without a pipe on either side, or say it with --yes'],
  ])('does nothing without a yes (%o)', async (options, said) => {
    const server = confirmation();
    const { code, text } = await run(server, ['rollback', 'shop', 'staging'], options);
    expect(code).toBe(1);
    expect(text).toContain(said);
    expect(server.sent).toHaveLength(1);
  });

  const askedFor = (beside: readonly Element[], style: 'primary' | 'normal'): FakeServer => {
    const server = new FakeServer();
    const asks = stored('reply:*', 'warning', 'Not done yet.');
    const button = { action: 'token-code:w1', label: 'Enter a code', style, confirm: null } as const;
    server.messages.push({
      ...asks,
      content: { ...asks.content, elements: [...asks.content.elements, ...beside, { type: 'buttons', buttons: [button] }] },
    });
    return server;
  };
  const LINK: Element = { type: 'link', label: 'Confirm with a passkey', url: 'https://shipmate.example/confirm/1' };
  const CODE_FORM = { action: 'token-code-form:w1', title: 'Confirm', submit: 'Confirm', fields: [{ ...codeField(), optional: false }] };

  it.each([
    ['alone', [], 'primary'],
    ['beside the link to a passkey’s page', [LINK], 'normal'],
  ] as const)('confirms with a code that is offered %s', async (_name, beside, style) => {
    const server = askedFor(beside, style);
    const said: string[] = [];
    const questions = only<Questions>('questions', {
      confirm: async (question) => said.push(question) > 0,
      hidden: async () => '123456',
    });
    server.answers = [
      { kind: 'message', visibility: 'private' },
      { kind: 'form', form: CODE_FORM },
      { kind: 'message', visibility: 'private' },
    ];
    const { code, text } = await run(server, ['token', 'create', 'ci'], { questions });
    expect(said).toEqual(['Enter a code?']);
    expect(server.sent.slice(1)).toMatchObject([
      { path: '/actions', body: { action: 'token-code:w1' } },
      { path: '/actions', body: { action: 'token-code-form:w1', values: { code: '123456' } } },
    ]);
    expect(code).toBe(0);
    expect(text).not.toContain('123456');
  });

  it('shows how things stand after a vote, and does not wait for the deployment', async () => {
    const server = new FakeServer();
    server.messages.push(stored('card:d1', 'progress', 'Waiting for approval: 1 of 2.', 'pending'));
    server.answers = [{ kind: 'form', form: CODE_FORM }, CARD];
    const questions = only<Questions>('questions', { hidden: async () => '123456' });
    const { code, text } = await run(server, ['approve', 'k3x9m2pq'], { questions });
    expect(code).toBe(0);
    expect(text).toContain('Waiting for approval: 1 of 2.');
  });

  it('says what the server says when it refuses the token', async () => {
    expect(await run(new FakeServer(), ['apps'])).toEqual({ code: 1, text: 'Sign in first.\n' });
  });

  it('only stops watching on Ctrl-C, and says how to cancel', async () => {
    const server = new FakeServer();
    const stop = new AbortController();
    server.answers = [CARD];
    const withStop: typeof fetch = async (input, init) => {
      if (String(input).includes('/stream')) {
        stop.abort();
        throw stop.signal.reason;
      }
      return server.fetch(input, init);
    };
    let text = '';
    const output = {
      write: (more: string) => {
        text += more;
      },
    };
    const code = await runTerminalCommand({
      baseUrl: 'http://x',
      token: 't',
      argv: ['deploy', 'shop', 'staging'],
      output,
      signal: stop.signal,
      fetch: withStop,
    });
    expect(code).toBe(130);
    expect(text).toContain('To stop it: shipmate cancel d1');
  });
});
