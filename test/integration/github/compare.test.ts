import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GithubHistory } from '../../../adapters/github/github-history.ts';
import { SILENT_LOGGER } from '../../support/builders-parts.ts';
import { GithubPeer, TOKEN } from '../../support/github/github-peer.ts';

const history = (peer: GithubPeer, token: string | null = null) =>
  new GithubHistory({ apiUrl: peer.apiUrl, token, clock: { now: Date.now }, logger: SILENT_LOGGER });

describe('what was committed, asked of GitHub’s API', () => {
  let peer: GithubPeer;
  let root: string;
  beforeAll(async () => {
    peer = await GithubPeer.start();
    root = await peer.commit({ message: 'the beginning' });
  });
  afterAll(() => peer.close());
  const between = async (from: string, to: string) => history(peer).commitsBetween(peer.repository, from, to);

  it('lists the commits that come, the newest first, by first line and author', async () => {
    const [first = '', second = ''] = await peer.line(
      [
        { message: 'Sell apples\n\nBecause they are good.', author: 'Ada' },
        { message: 'Sell pears', author: 'Grace' },
      ],
      root,
    );
    expect(await between(root, second)).toEqual({
      known: true,
      between: {
        aheadBy: 2,
        behindBy: 0,
        commits: [
          { hash: second.slice(0, 7), author: 'Grace', subject: 'Sell pears' },
          { hash: first.slice(0, 7), author: 'Ada', subject: 'Sell apples' },
        ],
        authors: ['Grace', 'Ada'],
      },
    });
  });

  it('tells a step back, and which commits go', async () => {
    const line = await peer.line([{ message: 'one' }, { message: 'two' }, { message: 'three' }], root);
    const answer = await between(line[2] ?? '', line[0] ?? '');
    expect(answer).toMatchObject({
      known: true,
      between: { aheadBy: 0, behindBy: 2, commits: [{ subject: 'three' }, { subject: 'two' }] },
    });
  });

  it('tells that histories diverged, and lists what comes', async () => {
    const [left = ''] = await peer.line([{ message: 'left' }], root);
    const [, right = ''] = await peer.line([{ message: 'right' }, { message: 'further right' }], root);
    const answer = await between(left, right);
    expect(answer).toMatchObject({
      known: true,
      between: { aheadBy: 2, behindBy: 1, commits: [{ subject: 'further right' }, { subject: 'right' }] },
    });
  });

  it('has the newest of more commits than GitHub lists at once', async () => {
    const messages = Array.from({ length: 261 }, (_, index) => ({ message: `number ${index + 1}` }));
    const line = await peer.line(messages, root);
    const answer = await between(root, line.at(-1) ?? '');
    if (!answer.known) throw new Error(answer.because);
    expect(answer.between.aheadBy).toBe(261);
    expect(answer.between.commits.map(({ subject }) => subject)).toEqual(Array.from({ length: 10 }, (_, index) => `number ${261 - index}`));
  });

  it('knows nothing of a commit that is not there', async () => {
    expect(await between(root, 'f'.repeat(40))).toEqual({ known: false, because: 'not_found' });
  });
});

describe('a private repository', () => {
  it('is shown to the token alone', async () => {
    const peer = await GithubPeer.start({ isPrivate: true });
    try {
      const from = await peer.commit({ message: 'one' });
      const to = await peer.commit({ message: 'two' }, [from]);
      expect(await history(peer).commitsBetween(peer.repository, from, to)).toMatchObject({ known: false });
      expect(await history(peer, TOKEN).commitsBetween(peer.repository, from, to)).toMatchObject({ known: true, between: { aheadBy: 1 } });
    } finally {
      await peer.close();
    }
  });
});
