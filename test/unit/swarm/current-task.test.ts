import { describe, expect, it } from 'vitest';
import type { EngineService, EngineTask } from '../../../adapters/swarm/engine-types.ts';
import { isCurrentTask } from '../../../adapters/swarm/observe-stack.ts';

const template = { ContainerSpec: { Image: 'web:1', Env: ['A=1'] }, Placement: { Constraints: ['node.role==manager'] } };
const service: EngineService = {
  ID: 's1',
  Version: { Index: 9 },
  CreatedAt: '2026-01-01T00:00:00Z',
  UpdatedAt: '2026-01-01T00:10:00Z',
  Spec: { Name: 'shop_web', TaskTemplate: { ...template, Runtime: 'container', ForceUpdate: 0 }, EndpointSpec: { Mode: 'vip' } },
};
const task: EngineTask = { ID: 't1', CreatedAt: '2026-01-01T00:05:00Z', Spec: template, ServiceID: 's1', Status: { State: 'running' } };

describe('a task is current', () => {
  it('when its template is the service’s, zero values and written-out defaults aside', () => {
    const kept = { ...template, Resources: { Limits: {}, Reservations: {} }, ContainerSpec: { ...template.ContainerSpec, DNSConfig: {} } };
    expect(isCurrentTask(service, { ...task, Spec: kept })).toBe(true);
  });

  it('no more when the image changed', () => {
    expect(isCurrentTask(service, { ...task, Spec: { ...template, ContainerSpec: { Image: 'web:2' } } })).toBe(false);
  });

  it('still, when only placement constraints changed and the engine has finished replacing', () => {
    const moved = { ...task, Spec: { ...template, Placement: { Constraints: [] } } };
    expect(isCurrentTask(service, moved)).toBe(true);
    expect(isCurrentTask({ ...service, UpdateStatus: { State: 'updating' } }, moved)).toBe(false);
  });

  it('no more when the ports changed after it was made', () => {
    const before = { ...service.Spec, EndpointSpec: { Mode: 'vip', Ports: [{ TargetPort: 80 }] } };
    const changed = { ...service, PreviousSpec: before };
    expect(isCurrentTask(changed, task)).toBe(false);
    expect(isCurrentTask(changed, { ...task, CreatedAt: '2026-01-01T00:11:00Z' })).toBe(true);
  });

  it('in a job only when it is of the last execution', () => {
    const job = { ...service, JobStatus: { JobIteration: { Index: 2 } } };
    expect(isCurrentTask(job, { ...task, JobIteration: { Index: 1 } })).toBe(false);
    expect(isCurrentTask(job, { ...task, JobIteration: { Index: 2 } })).toBe(true);
  });
});
