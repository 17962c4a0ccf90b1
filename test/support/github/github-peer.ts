import { createEmulator } from 'emulate';
import { freePort } from '../redis.ts';

type WrittenCommit = { readonly message: string; readonly author?: string };

type Emulator = Awaited<ReturnType<typeof startEmulator>>;

/** GitHub's REST API as the `emulate` package keeps it, with one repository whose commits a test writes. */
export class GithubPeer {
  readonly #emulator: Emulator;
  readonly #tree: string;
  readonly name: string;

  private constructor(emulator: Emulator, name: string, tree: string) {
    this.#emulator = emulator;
    this.name = name;
    this.#tree = tree;
  }

  static async start(options: { readonly isPrivate?: boolean } = {}): Promise<GithubPeer> {
    const emulator = await startEmulator(options.isPrivate ?? false);
    const head = await post(emulator.url, 'git/trees', { tree: [{ path: 'README', mode: '100644', type: 'blob', content: 'shop' }] });
    return new GithubPeer(emulator, 'acme/shop', head);
  }

  get apiUrl(): string {
    return this.#emulator.url;
  }

  /** Where people would read it. */
  get repository(): string {
    return `${this.apiUrl}/${this.name}`;
  }

  /** Its hash. */
  commit({ message, author = 'Ada' }: WrittenCommit, parents: readonly string[] = []): Promise<string> {
    const by = { name: author, email: 'somebody@example.org', date: new Date(Date.UTC(2026, 0, 1)).toISOString() };
    return post(this.apiUrl, 'git/commits', { message, tree: this.#tree, parents, author: by });
  }

  /** One after another; their hashes in that order. */
  async line(commits: readonly WrittenCommit[], from: string): Promise<readonly string[]> {
    const hashes: string[] = [];
    for (const commit of commits) hashes.push(await this.commit(commit, [hashes.at(-1) ?? from]));
    return hashes;
  }

  close(): Promise<void> {
    return this.#emulator.close();
  }
}

export const TOKEN = 'github-peer-token';

async function post(url: string, what: string, body: object): Promise<string> {
  const response = await fetch(`${url}/repos/acme/shop/${what}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as { sha?: string };
  if (answer.sha === undefined) throw new Error(`${what}: ${response.status} ${JSON.stringify(answer)}`);
  return answer.sha;
}

async function startEmulator(isPrivate: boolean) {
  return createEmulator({
    service: 'github',
    port: await freePort(),
    seed: {
      tokens: { [TOKEN]: { login: 'acme', scopes: ['repo'] } },
      github: {
        users: [{ login: 'acme', name: 'Acme' }],
        repos: [{ owner: 'acme', name: 'shop', private: isPrivate, auto_init: true }],
      },
    },
  });
}
