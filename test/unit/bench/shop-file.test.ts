import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { shopFile } from '../../../bench/support/shop-file.ts';

type Service = { depends_on?: unknown; image: string; healthcheck?: object; deploy: Record<string, unknown> };
const read = (text: string): Record<string, Service> => parse(text).services;

describe('the Compose file that both sides of a benchmark deploy', () => {
  it('is the example without its job, with every health check and monitor, and with names that work without IPVS', () => {
    const services = read(shopFile());
    expect(Object.keys(services)).toEqual(['store', 'cache', 'api', 'worker', 'web']);
    for (const { healthcheck, deploy } of Object.values(services)) {
      expect(healthcheck).toMatchObject({ interval: '500ms' });
      expect(deploy).toMatchObject({ endpoint_mode: 'dnsrr', update_config: { monitor: '1s' } });
    }
  });

  it('has dependencies in the only form that docker stack deploy reads, and none on what is left out', () => {
    expect(read(shopFile())['api']?.depends_on).toEqual(['store', 'cache']);
    expect(read(shopFile({ services: ['api', 'cache'] }))['api']?.depends_on).toEqual(['cache']);
  });

  it('leaves the version to whoever deploys', () => {
    expect(read(shopFile())['web']?.image).toBe(`shop/web:\${VERSION:-1.0.0}`);
  });

  it('rolls back as it updates when asked', () => {
    const store = read(shopFile({ services: ['store'], rollbackAsUpdate: true }))['store'];
    expect(store?.deploy['rollback_config']).toEqual(store?.deploy['update_config']);
  });

  it('has no anchors, which older readers refuse after merging', () => {
    expect(shopFile()).not.toMatch(/[&*][a-z]/);
  });
});
