import { describe, expect, it } from 'vitest';
import { createLogger } from '../../../adapters/pino/create-logger.ts';
import { PrometheusMetrics } from '../../../adapters/prometheus/prometheus-metrics.ts';

const logger = createLogger({ level: 'silent', pretty: false });

describe('PrometheusMetrics', () => {
  it('exports what was counted, durations in seconds', async () => {
    const metrics = new PrometheusMetrics({}, logger);
    metrics.deploymentFinished({ app: 'shop', environment: 'staging', kind: 'deploy', state: 'succeeded' }, 12_500);
    metrics.stageFinished({ stage: 'promote', state: 'succeeded' }, 800);
    metrics.approvalEnded({ app: 'shop', environment: 'production', outcome: 'approved' }, 90_000);
    metrics.commandHandled({ platform: 'web', command: 'deploy', result: 'card' }, 30);
    metrics.engineWrite({ operation: 'update', result: 'done' });
    metrics.leaseLost();
    metrics.cardProjected(40);
    const text = await metrics.text();
    expect(metrics.contentType).toContain('text/plain');
    expect(text).toContain(
      'shipmate_deployment_duration_seconds_sum{app="shop",environment="staging",kind="deploy",state="succeeded"} 12.5',
    );
    expect(text).toContain(
      'shipmate_deployment_duration_seconds_bucket{le="20",app="shop",environment="staging",kind="deploy",state="succeeded"} 1',
    );
    expect(text).toContain('shipmate_stage_duration_seconds_count{stage="promote",state="succeeded"} 1');
    expect(text).toContain('shipmate_approval_wait_seconds_sum{app="shop",environment="production",outcome="approved"} 90');
    expect(text).toContain('shipmate_command_duration_seconds_sum{platform="web",command="deploy",result="card"} 0.03');
    expect(text).toContain('shipmate_engine_writes_total{operation="update",result="done"} 1');
    expect(text).toContain('shipmate_leases_lost_total 1');
    expect(text).toContain('shipmate_card_lag_seconds_count 1');
    expect(text).toContain('process_resident_memory_bytes');
  });

  it('asks for gauges at each scrape, and forgets what is no longer there', async () => {
    const answers: Record<string, number>[] = [{ running: 2, queued: 1 }, { queued: 3 }];
    const metrics = new PrometheusMetrics(
      { openDeployments: async () => answers.shift() ?? {}, queue: async () => ({ waiting: 4, active: 1, failed: 0 }) },
      logger,
    );
    const first = await metrics.text();
    expect(first).toContain('shipmate_open_deployments{state="running"} 2');
    expect(first).toContain('shipmate_queue_jobs{state="waiting"} 4');
    const second = await metrics.text();
    expect(second).toContain('shipmate_open_deployments{state="queued"} 3');
    expect(second).not.toContain('shipmate_open_deployments{state="running"}');
  });

  it('answers without a gauge that cannot be read', async () => {
    const metrics = new PrometheusMetrics({ openDeployments: () => Promise.reject(new Error('away')) }, logger);
    const text = await metrics.text();
    expect(text).toContain('shipmate_leases_lost_total');
    expect(text).not.toContain('shipmate_open_deployments{');
  });

  it('keeps two instances apart', async () => {
    const [one, two] = [new PrometheusMetrics({}, logger), new PrometheusMetrics({}, logger)];
    one.leaseLost();
    expect(await two.text()).toContain('shipmate_leases_lost_total 0');
  });
});
