import { describe, expect, it } from 'vitest';
import { deploymentThread } from '../../../src/views/deployment-thread.ts';
import { aProgress } from '../../support/builders.ts';
import { NOW, someFacts } from './facts.ts';

const stage = (name: 'prepare' | 'promote', state: 'succeeded' | 'failed', attempt = 1) =>
  ({ stage: name, state, attempt, startedAt: NOW, finishedAt: NOW + 400, lines: [`line of ${name} ${attempt}`] }) as const;

describe('the deployment’s thread', () => {
  it('has one message for the plan, each stage, each service that was touched, and the failure', () => {
    const facts = someFacts(
      { state: 'rolled_back', failure: { code: 'unhealthy', service: 'web', message: 'web was unhealthy' } },
      {
        stages: [stage('prepare', 'succeeded'), stage('promote', 'failed'), stage('promote', 'failed', 2)],
        progress: [aProgress('web', { phase: 'restored' }), aProgress('api')],
      },
    );
    const thread = deploymentThread(facts);
    const id = facts.deployment.id;
    expect(thread.map(({ key }) => key)).toEqual([
      `thread:${id}:plan`,
      `thread:${id}:stage:prepare`,
      `thread:${id}:stage:promote`,
      `thread:${id}:service:web`,
      `thread:${id}:failure`,
    ]);
    const promote = thread[2]?.message;
    expect(promote?.summary).toContain('attempt 2');
    expect(promote?.elements).toContainEqual({ type: 'code', text: 'line of promote 2', title: null });
  });

  it('never shows a hidden value', () => {
    const text = JSON.stringify(deploymentThread(someFacts()));
    expect(text).toContain('environment.API_KEY');
    expect(text).toContain('••••••');
    expect(text).not.toMatch(/old-secret|new-secret/);
  });
});
