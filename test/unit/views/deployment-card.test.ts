import { describe, expect, it } from 'vitest';
import { parseAction } from '../../../src/chat/action-id.ts';
import type { Button, Element, Message } from '../../../src/chat/message.ts';
import { messageSchema } from '../../../src/chat/message-schema.ts';
import type { Deployment, Failure, StageReport } from '../../../src/domain/deployment.ts';
import { DEPLOYMENT_STATES } from '../../../src/domain/deployment-state.ts';
import { deploymentCard } from '../../../src/views/deployment-card.ts';
import { aDeployment, aProgress, aServicePlan } from '../../support/builders.ts';
import { aPlan, NOW, someFacts } from './facts.ts';

const bob = { id: 'bob', name: 'Bob' };
const unhealthy: Failure = { code: 'unhealthy', service: 'web', message: 'web did not become healthy.' };

function of<Type extends Element['type']>(message: Message, type: Type): Extract<Element, { type: Type }>[] {
  return message.elements.filter((element): element is Extract<Element, { type: Type }> => element.type === type);
}

function bold(message: Message): string {
  return of(message, 'text').find((element) => element.style === 'strong')?.text ?? '';
}

function buttons(message: Message): readonly Button[] {
  return of(message, 'buttons').flatMap((element) => element.buttons);
}

const verbs = (message: Message) => buttons(message).map((button) => parseAction(button.action)?.verb);

describe('the deployment card', () => {
  it('says what keeps a queued deployment waiting, and until when', () => {
    const hold = { since: NOW, because: 'shop staging is locked by Ada: db migration.', opensAt: NOW + 60_000 };
    const card = deploymentCard(
      someFacts({ state: 'queued', startedAt: null, hold }, { position: 1, waitsFor: null, etaAt: NOW + 61_000 }),
    );
    expect(bold(card)).toBe('⏸️ Waits until it opens. shop staging is locked by Ada: db migration.');
    expect(of(card, 'time')).toEqual([{ type: 'time', label: 'Opens', at: hold.opensAt }]);
    expect(verbs(card)).toEqual(['cancel', 'view-plan']);
  });

  it.each<[title: string, deployment: Partial<Deployment>, line: string]>([
    ['succeeded', { state: 'succeeded', finishedAt: NOW + 12_400 }, '✅ Deployed in 12 s. staging runs 1.1.0.'],
    ['rolled back', { state: 'rolled_back', failure: unhealthy }, '↩️ 1.1.0 failed and was taken back. staging runs 1.0.0 again.'],
    ['cancelled while it ran', { state: 'cancelled', cancelRequestedBy: bob }, '⏹️ Cancelled by Bob. staging runs 1.0.0 again.'],
    [
      'cancelled before it began',
      { state: 'cancelled', startedAt: null, cancelRequestedBy: bob },
      '⏹️ Cancelled by Bob. It had not started, so it changed nothing.',
    ],
    [
      'failed and left in place',
      { state: 'failed', failure: unhealthy },
      '❌ 1.1.0 failed. staging was left with 1.1.0: not healthy, not taken back. To go back: /rollback shop staging 1.0.0',
    ],
    [
      'errored',
      { state: 'errored', failure: { code: 'engine_error', service: null, message: 'The engine went away.' } },
      '🛑 Interrupted by a fault that is not the release’s. staging may run parts of 1.1.0 and of 1.0.0: check it with /status shop staging.',
    ],
    [
      'taken back on its first deployment',
      { state: 'rolled_back', previousVersion: null, failure: unhealthy },
      '↩️ 1.1.0 failed and was taken back. staging is as it was before: what this deployment created is gone again.',
    ],
    [
      'going back',
      { state: 'running', direction: 'back', failure: unhealthy },
      '↩️ Taking it back (1.1.0 failed): 0 of 1 service. staging is going back to 1.0.0.',
    ],
    ['running', { state: 'running' }, '🚢 Deploying: 0 of 1 service healthy. staging is going from 1.0.0 to 1.1.0.'],
  ])('says of one that is %s what the environment runs', (_title, deployment, line) => {
    expect(bold(deploymentCard(someFacts(deployment)))).toBe(line);
  });

  it('claims nothing about the environment once another deployment ran', () => {
    for (const state of ['succeeded', 'rolled_back', 'cancelled', 'failed', 'errored'] as const) {
      const card = deploymentCard(someFacts({ state, finishedAt: NOW + 1000 }, { isNewest: false }));
      expect(bold(card)).toContain('Another deployment ran on staging since.');
      expect(bold(card)).not.toMatch(/staging runs/);
      expect(verbs(card)).not.toContain('retry');
    }
  });

  it('says success in words, tone and outcome for that one state only', () => {
    for (const state of DEPLOYMENT_STATES) {
      const card = deploymentCard(someFacts({ state }));
      expect(card.outcome === 'success', state).toBe(state === 'succeeded');
      expect(card.tone === 'success', state).toBe(state === 'succeeded');
      expect(card.summary.includes('✅'), state).toBe(state === 'succeeded');
    }
  });

  it('tells its place in the queue and whom it waits for', () => {
    const waitsFor = aDeployment({ version: '1.0.5' });
    const card = deploymentCard(someFacts({ state: 'queued', startedAt: null }, { position: 2, waitsFor }));
    expect(bold(card)).toBe('⏳ Number 2 in the queue, after 1.0.5 (Dana Developer).');
    expect(verbs(card)).toEqual(['cancel', 'view-plan']);
  });

  it('tells broken glass how to be rid of what runs before it', () => {
    const glass = { state: 'queued', startedAt: null, clearance: 'break_glass' } as const;
    const waitsFor = aDeployment({ id: 'abcdefgh0123', version: '1.0.5', state: 'running' });
    expect(bold(deploymentCard(someFacts(glass, { position: 1, waitsFor })))).toBe(
      '⏳ Next, after 1.0.5 (Dana Developer). To take that back: /cancel abcdefgh.',
    );
    const another = { ...waitsFor, state: 'queued' as const };
    expect(bold(deploymentCard(someFacts(glass, { position: 1, waitsFor: another })))).not.toContain('/cancel');
    const { clearance: _, ...plain } = glass;
    expect(bold(deploymentCard(someFacts(plain, { position: 1, waitsFor })))).not.toContain('/cancel');
  });

  it('names the exact target on the Roll back button and before it acts', () => {
    const card = deploymentCard(someFacts({ state: 'succeeded' }, { rollbackTarget: { version: '1.0.0', revision: 3 } }));
    const [first] = buttons(card);
    expect(first).toMatchObject({ action: 'rollback:k3x9m2pq07abc', label: 'Roll back to 1.0.0', style: 'danger' });
    expect(first?.confirm?.text).toContain('staging goes from 1.1.0 back to 1.0.0 (revision 3).');
  });

  it.each<[state: Deployment['state'], members: Partial<Deployment>, expected: readonly string[]]>([
    ['queued', { startedAt: null }, ['cancel', 'view-plan']],
    ['running', {}, ['cancel', 'view-logs', 'view-plan']],
    ['running', { cancelRequestedBy: bob }, ['view-logs', 'view-plan']],
    ['running', { direction: 'back' }, ['view-logs', 'view-plan']],
    ['succeeded', {}, ['rollback', 'view-logs', 'view-plan']],
    ['failed', {}, ['rollback', 'retry', 'view-logs', 'view-plan']],
    ['rolled_back', {}, ['retry', 'view-logs', 'view-plan']],
    ['cancelled', {}, ['retry', 'view-logs', 'view-plan']],
    ['rejected', { startedAt: null }, ['view-plan']],
  ])('offers for %s %o what would not be refused', (state, members, expected) => {
    const card = deploymentCard(someFacts({ state, ...members }, { rollbackTarget: { version: '1.0.0', revision: 3 } }));
    expect(verbs(card)).toEqual(expected);
  });

  it('shows all six stages in order, with the one that runs', () => {
    const stages = [{ stage: 'prepare', state: 'succeeded', attempt: 1, startedAt: NOW, finishedAt: NOW + 400, lines: [] } as const];
    const card = deploymentCard(someFacts({ stage: 'stage' }, { stages }));
    expect(of(card, 'steps')[0]?.steps.map((step) => `${step.label} ${step.state}`)).toEqual([
      'Prepare done',
      'Stage running',
      'Validate waiting',
      'Promote waiting',
      'Verify waiting',
      'Clean up waiting',
    ]);
  });

  it('does not leave a stage running on a card that is over', () => {
    const stages = [{ stage: 'promote', state: 'running', attempt: 1, startedAt: NOW, finishedAt: null, lines: [] } as const];
    for (const state of DEPLOYMENT_STATES) {
      const card = deploymentCard(someFacts({ state }, { stages }));
      const isShownRunning = of(card, 'steps')[0]?.steps.some((step) => step.state === 'running');
      expect(isShownRunning, state).toBe(card.outcome === 'pending');
    }
  });

  it('gives the reason and what to do, the service named once', () => {
    const card = deploymentCard(someFacts({ state: 'rolled_back', failure: unhealthy }));
    const texts = of(card, 'text').map((element) => element.text);
    expect(texts).toContain('Reason: web did not become healthy.');
    expect(texts).toContain(
      'Next: Its last lines are in the thread, more in /logs shop staging web. Mend the release and deploy a new version.',
    );
  });

  it('leaves the output of a failed stage to the thread', () => {
    const lines = ['2026-11-21T03:15:23.155Z web: stopping'];
    const stage: StageReport = { stage: 'promote', state: 'failed', attempt: 1, startedAt: NOW, finishedAt: NOW + 900, lines };
    const [steps] = of(deploymentCard(someFacts({ state: 'rolled_back', failure: unhealthy }, { stages: [stage] })), 'steps');
    expect(steps?.steps.find(({ state }) => state === 'failed')?.detail).toBe('0.9 s');
    expect(JSON.stringify(steps)).not.toContain('stopping');
  });

  it('shows nothing as missing of a job that is back', () => {
    const plan = { ...aPlan, services: [aServicePlan('migrate', { isJob: true })] };
    const progress = [aProgress('migrate', { phase: 'restored', running: 0, desired: 1 })];
    const [bar] = of(deploymentCard(someFacts({ state: 'rolled_back', failure: unhealthy, plan }, { progress })), 'progress');
    expect(bar?.value).toBe(1);
  });

  it('shows troubled services first and a bounded number of them', () => {
    const progress = Array.from({ length: 30 }, (_, index) => aProgress(`s${index}`, { phase: index === 29 ? 'failed' : 'stable' }));
    const card = deploymentCard(someFacts({}, { progress }));
    expect(of(card, 'progress')).toHaveLength(12);
    expect(of(card, 'progress')[0]?.label).toBe('s29');
    expect(card.elements.length).toBeLessThanOrEqual(40);
  });

  it('is the same for the same facts, so that nothing is rewritten', () => {
    const facts = someFacts({ state: 'queued', startedAt: null }, { etaAt: NOW + 61_000 });
    expect(deploymentCard(facts)).toEqual(deploymentCard({ ...facts, etaAt: NOW + 66_000 }));
  });

  it('is a message that its schema accepts, in every state', () => {
    for (const state of DEPLOYMENT_STATES) {
      const card = deploymentCard(someFacts({ state }, { etaAt: NOW, rollbackTarget: { version: '1.0.0', revision: 3 } }));
      expect(messageSchema.parse(card)).toEqual(card);
    }
  });
});
