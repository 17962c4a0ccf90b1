import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { GithubHistory } from '../../../adapters/github/github-history.ts';
import type { Parts } from '../../../src/application/parts.ts';
import { readDeployment } from '../../../src/application/read-deployment.ts';
import { requestDeployment } from '../../../src/application/request-deployment.ts';
import { createDeploymentProjection } from '../../../src/chat-core/project-deployment.ts';
import { isRefusal } from '../../../src/domain/refusal.ts';
import type { SourceHistory } from '../../../src/ports/source-history.ts';
import { aPolicy } from '../../support/approval-builders.ts';
import { ApprovalLab } from '../../support/approvals/approval-lab.ts';
import { personOf } from '../../support/approvals/cast.ts';
import { SILENT_LOGGER } from '../../support/builders-parts.ts';
import { GithubPeer } from '../../support/github/github-peer.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

let test: TestDatabase;
let peer: GithubPeer;
let lab: ApprovalLab;
beforeAll(async () => {
  [test, peer] = await Promise.all([createTestDatabase(), GithubPeer.start()]);
});
afterAll(async () => {
  await Promise.all([test.drop(), peer.close()]);
});
beforeEach(async () => {
  lab = await ApprovalLab.open([test.database], { policy: aPolicy() });
});
afterEach(() => lab.close());

/** A process whose definitions know their source: each version is at the commit of the same place. */
function aProcess(commits: Readonly<Record<string, string>>, sourceHistory: SourceHistory): Parts {
  const parts = lab.parts();
  return {
    ...parts,
    sourceHistory,
    source: {
      read: async (request) => {
        const read = await parts.source.read(request);
        return read.ok ? { ...read, sourceCommit: commits[request.version ?? ''] ?? null } : read;
      },
    },
    workspace: () => {
      const workspace = parts.workspace();
      const app = workspace.apps[lab.app];
      return app === undefined ? workspace : { ...workspace, apps: { [lab.app]: { ...app, repository: peer.repository } } };
    },
  };
}

const github = (): SourceHistory =>
  new GithubHistory({ apiUrl: peer.apiUrl, token: null, clock: { now: Date.now }, logger: SILENT_LOGGER });
const NOBODY: SourceHistory = { commitsBetween: async () => ({ known: false, because: 'unreachable' }) };
const SILENT: SourceHistory = { commitsBetween: () => new Promise(() => undefined) };

async function ask(parts: Parts, version: string): Promise<string> {
  const origin = { platform: 'web', channel: 'ops', deliveryId: `${lab.suffix}:${version}` };
  const person = personOf('olga', lab.suffix);
  const request = { person, app: lab.app, environment: 'production', version, reason: null, latestWins: false, origin };
  const answer = await requestDeployment(parts, request);
  if (isRefusal(answer)) throw new Error(answer.refused);
  lab.asked.push(answer.deployment.id);
  return answer.deployment.id;
}

/** Runs 1.0.0 at the first commit; whoever had to be asked. */
async function running(parts: Parts): Promise<void> {
  const { environment } = lab;
  lab.environment = { ...environment, protected: false, approvals: null };
  const id = await ask(parts, '1.0.0');
  lab.environment = environment;
  await lab.stores.deployments.transition(id, 'queued', 'running', { startedAt: lab.now }, null);
  await lab.finish(lab.asked.indexOf(id));
}

const betweenOn = async (parts: Parts, id: string) => (await readDeployment(parts, id))?.approval?.background.commits?.between ?? null;

it('shows an approver what was committed, on the card and in their own copy, and again without GitHub', async () => {
  const first = await peer.commit({ message: 'one' });
  const [second = ''] = await peer.line([{ message: 'Sell *pears* <!channel>\n\nBecause.', author: 'Grace' }], first);
  const commits = { '1.0.0': first, '1.1.0': second };
  const process = aProcess(commits, github());
  await running(process);
  const id = await ask(process, '1.1.0');

  const told: string[] = [];
  const listening = await test.database.listen('deployment', (about) => void told.push(about));
  expect(await betweenOn(process, id)).toBeNull();
  await expect.poll(() => told).toContain(id);
  await listening.stop();

  const expected = {
    aheadBy: 1,
    behindBy: 0,
    commits: [{ hash: second.slice(0, 7), author: 'Grace', subject: 'Sell *pears* <!channel>' }],
    authors: ['Grace'],
  };
  expect(await betweenOn(process, id)).toEqual(expected);
  // Another process, and no GitHub: it says the same.
  expect(await betweenOn(aProcess(commits, NOBODY), id)).toEqual(expected);

  const { database, clock, workspace } = process;
  await createDeploymentProjection({ database, readDeployment: (one) => readDeployment(process, one), workspace, clock }).project(id);
  const card = await database.stores.messages.findByKey('web', 'ops', `card:${id}`);
  expect(JSON.stringify(card?.content)).toContain(`${second.slice(0, 7)} Sell *pears* <!channel> · Grace`);
});

it('neither asks nor waits before the request stands, though GitHub never answers', async () => {
  const commits = { '1.0.0': 'a'.repeat(40), '1.1.0': 'b'.repeat(40) };
  const process = aProcess(commits, SILENT);
  await running(process);
  const id = await ask(process, '1.1.0');
  const facts = await readDeployment(process, id);
  expect(facts?.approval?.request.state).toBe('open');
  expect(facts?.approval?.background.commits).toEqual({
    from: 'a'.repeat(40),
    to: 'b'.repeat(40),
    url: `${peer.repository}/compare/${'a'.repeat(40)}...${'b'.repeat(40)}`,
    between: null,
  });
});
