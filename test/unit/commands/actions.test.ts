import { describe, expect, it } from 'vitest';
import { actions } from '../../../commands/actions/index.ts';
import type { DeploymentDetails, RollbackRequest, UseCases } from '../../../src/application/use-cases.ts';
import type { CommandContext, Reply } from '../../../src/chat/command.ts';
import { refusal } from '../../../src/domain/refusal.ts';
import { DEFAULT_RELEASE_SETTINGS } from '../../../src/domain/release-settings.ts';
import { aDeployment, aStack } from '../../support/builders.ts';
import { fakeUseCases, requested } from './fake-use-cases.ts';

const context: CommandContext = { person: { id: 'dana', name: 'Dana' }, platform: 'web', channel: 'ops', deliveryId: 'x1', now: 1000 };

function details(members: Parameters<typeof aDeployment>[0] = {}): DeploymentDetails {
  const deployment = aDeployment({ id: 'd1', state: 'rolled_back', version: '1.1.0', previousVersion: '1.0.0', ...members });
  const spec = { ...aStack([]), settings: DEFAULT_RELEASE_SETTINGS };
  const release = {
    id: 'r1',
    app: 'shop',
    environment: 'staging',
    version: '1.1.0',
    spec,
    specHash: 'h',
    sourceCommit: null,
    createdAt: 0,
  };
  return {
    deployment,
    release,
    progress: [],
    stages: [],
    position: 0,
    waitsFor: null,
    etaAt: null,
    rollbackTarget: null,
    isNewest: true,
    outage: null,
    approval: null,
    brokenGlass: null,
  };
}

async function click(verb: string, id: string, useCases: Partial<UseCases> = {}): Promise<Reply> {
  const action = actions.find((candidate) => candidate.verb === verb);
  if (action === undefined) throw new Error(`no verb ${verb}`);
  return action.handle(fakeUseCases(useCases), id, {}, context);
}

describe('buttons', () => {
  it.each(['retry', 'view-plan', 'view-logs', 'history'])('%s tells nothing to somebody who may not see the app', async (verb) => {
    const reply = await click(verb, 'd1', { readDeployment: async () => details(), readHistory: async () => refusal('unknown_app', 'no') });
    expect(reply).toEqual(await click(verb, 'gone'));
    expect(reply).toMatchObject({ kind: 'refusal', refusal: { refused: 'unknown_deployment' } });
  });

  it.each(['view-plan', 'view-logs', 'history'])('%s answers only the person who clicked', async (verb) => {
    const reply = await click(verb, 'd1', { readDeployment: async () => details(), readLogs: async () => ({ lines: [], services: [] }) });
    expect(reply).toMatchObject({ kind: 'message', visibility: 'private' });
  });

  it('retry asks for the same again', async () => {
    const reply = await click('retry', 'd1', {
      readDeployment: async () => details(),
      retryDeployment: async ({ deploymentId }) => (deploymentId === 'd1' ? requested('d2') : refusal('unknown_deployment', 'no')),
    });
    expect(reply).toEqual({ kind: 'card', deploymentId: 'd2' });
  });

  it('retry leaves a deployment alone that is still under way', async () => {
    const reply = await click('retry', 'd1', { readDeployment: async () => details({ state: 'running' }) });
    expect(reply).toMatchObject({ refusal: { refused: 'already_done' } });
  });

  const revision = (number: number, version: string) => ({
    stack: 's',
    number,
    releaseId: `r${number}`,
    version,
    deploymentId: 'd',
    activeFrom: 0,
    activeTo: null,
  });
  const planned = (from: number) => ({
    plan: aDeployment().plan,
    planHash: 'h',
    currentVersion: '1.1.0',
    warnings: [],
    from: revision(from, '1.2.0'),
    to: revision(3, '1.0.0'),
    others: [revision(2, '0.9.0')],
  });

  it('rollback-to goes to the revision it names', async () => {
    const asked: RollbackRequest[] = [];
    const reply = await click('rollback-to', 'shop.staging.3.4', {
      planRollback: async () => planned(4),
      requestRollback: async (request) => {
        asked.push(request);
        return requested('d2');
      },
    });
    expect(reply).toEqual({ kind: 'card', deploymentId: 'd2' });
    expect(asked).toMatchObject([{ app: 'shop', environment: 'staging', to: '3' }]);
  });

  it('rollback-to does nothing when another revision runs by now', async () => {
    const reply = await click('rollback-to', 'shop.staging.3.4', {
      planRollback: async () => planned(5),
      requestRollback: async () => requested('never'),
    });
    expect(reply).toMatchObject({
      kind: 'refusal',
      refusal: { refused: 'plan_changed', message: 'shop staging runs 1.2.0 (revision 5) by now, not what you confirmed.' },
    });
  });

  it('rollback-pick shows what going back to the chosen revision would do, and does nothing', async () => {
    const asked: RollbackRequest[] = [];
    const pick = actions.find(({ verb }) => verb === 'rollback-pick');
    const useCases = fakeUseCases({
      planRollback: async (request) => {
        asked.push(request);
        return planned(4);
      },
    });
    const reply = await pick?.handle(useCases, 'shop.staging', { choice: '2' }, context);
    expect(asked).toMatchObject([{ app: 'shop', environment: 'staging', to: '2' }]);
    expect(reply).toMatchObject({ kind: 'message', visibility: 'private' });
    expect(JSON.stringify(reply)).toContain('"action":"rollback-pick:shop.staging"');
    for (const choice of ['', '2; drop', '1.0.0'])
      expect(await pick?.handle(useCases, 'shop.staging', { choice }, context)).toMatchObject({ kind: 'refusal' });
    expect(await pick?.handle(useCases, 'shop', { choice: '2' }, context)).toMatchObject({ kind: 'refusal' });
    expect(asked).toHaveLength(1);
  });

  it('rollback-to refuses an id that no button of ours has', async () => {
    expect(await click('rollback-to', 'shop')).toMatchObject({ refusal: { refused: 'invalid_arguments' } });
  });
});
