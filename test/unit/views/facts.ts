import type { Deployment } from '../../../src/domain/deployment.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import type { DeploymentFacts } from '../../../src/views/deployment-facts.ts';
import { aDeployment, aProgress, aServicePlan } from '../../support/builders.ts';

export const NOW = Date.UTC(2026, 10, 21, 3, 0, 0);

export const aPlan: Plan = {
  ...aDeployment().plan,
  version: '1.1.0',
  services: [
    aServicePlan('web', {
      desired: 2,
      changes: [
        { path: 'image', before: 'example/web:1.0.0', after: 'example/web:1.1.0', hidden: false },
        { path: 'environment.API_KEY', before: 'old-secret', after: 'new-secret', hidden: true },
      ],
    }),
    aServicePlan('db', { action: 'unchanged' }),
  ],
};

/** A deployment of 1.1.0 over 1.0.0 that is under way, with one of two tasks up. */
export function someFacts(deployment: Partial<Deployment> = {}, facts: Partial<DeploymentFacts> = {}): DeploymentFacts {
  return {
    deployment: aDeployment({
      id: 'k3x9m2pq07abc',
      version: '1.1.0',
      previousVersion: '1.0.0',
      plan: aPlan,
      requestedAt: NOW,
      startedAt: NOW,
      ...deployment,
    }),
    progress: [aProgress('web', { phase: 'applied', desired: 2, running: 1 })],
    stages: [],
    position: 0,
    waitsFor: null,
    etaAt: null,
    rollbackTarget: null,
    isNewest: true,
    outage: null,
    approval: null,
    brokenGlass: null,
    ...facts,
  };
}
