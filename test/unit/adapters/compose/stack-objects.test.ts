import { describe, expect, it } from 'vitest';
import { type Files, read, readSpec, refusals } from '../../../support/compose/memory-project.ts';

describe('networks, volumes, secrets and configs', () => {
  it('are listed only when a service uses them, under names that begin with the stack', () => {
    const spec = readSpec(
      'services: {web: {image: a, networks: [n], volumes: ["v:/x"]}}\nnetworks: {n: {}, unused: {}}\nvolumes: {v: , unused: }',
    );
    expect(spec.networks).toEqual({
      n: {
        engineName: 'shop-staging_n',
        external: false,
        driver: 'overlay',
        driverOptions: {},
        labels: {},
        attachable: false,
        internal: false,
      },
    });
    expect(spec.volumes).toEqual({ v: { engineName: 'shop-staging_v', external: false, driverOptions: {}, labels: {} } });
  });

  it('take every setting that the engine has', () => {
    const spec = readSpec(`
services: {web: {image: a, networks: [n, default], volumes: ["v:/x"]}}
networks:
  default: {attachable: true}
  n: {name: mine, driver: weave, driver_opts: {a: 1}, labels: [l=1], internal: true, enable_ipv6: true, ipam: {driver: x, config: [{subnet: 10.0.0.0/8, gateway: 10.0.0.1, ip_range: 10.1.0.0/16}]}}
volumes:
  v: {name: data, driver: nfs, driver_opts: {o: 1}, labels: {l: 1}}
`);
    expect(spec.networks['default']).toMatchObject({ engineName: 'shop-staging_default', attachable: true });
    expect(spec.networks['n']).toEqual({
      engineName: 'mine',
      external: false,
      driver: 'weave',
      driverOptions: { a: '1' },
      labels: { l: '1' },
      attachable: false,
      internal: true,
      enableIPv6: true,
      ipam: { driver: 'x', subnets: [{ subnet: '10.0.0.0/8', gateway: '10.0.0.1', ipRange: '10.1.0.0/16' }] },
    });
    expect(spec.volumes['v']).toEqual({
      engineName: 'data',
      external: false,
      driver: 'nfs',
      driverOptions: { o: '1' },
      labels: { l: '1' },
    });
  });

  it('that are external keep their own name', () => {
    const spec = readSpec(`
services: {web: {image: a, networks: [n, m], volumes: ["v:/x"], secrets: [s], configs: [c]}}
networks: {n: {external: true}, m: {external: {name: old}}}
volumes: {v: {external: true, name: disk}}
secrets: {s: {external: true}}
configs: {c: {external: true, name: conf}}
`);
    const names = [spec.networks['n'], spec.networks['m'], spec.volumes['v'], spec.secrets['s'], spec.configs['c']];
    expect(names.map((each) => [each?.engineName, each?.external])).toEqual([
      ['n', true],
      ['old', true],
      ['disk', true],
      ['s', true],
      ['conf', true],
    ]);
  });

  it('have the content of secrets and configs in their names, and nowhere else in the specification', () => {
    const files: Files = {
      'compose.yaml':
        'services: {web: {image: a, secrets: [s, e], configs: [c]}}\nsecrets: {s: {file: s.txt}, e: {environment: TOKEN}}\nconfigs: {c: {content: "for $SHIPMATE_APP", template_driver: golang}}',
      's.txt': 'hunter2',
    };
    const result = read(files, { variables: { TOKEN: 'tokentoken' } });
    if (!result.ok) throw new Error('refused');
    expect(result.spec.secrets['s']).toEqual({
      engineName: 'shop-staging_s_f00000000007',
      external: false,
      fingerprint: 'f00000000007',
      labels: {},
    });
    expect(result.spec.configs['c']).toMatchObject({ engineName: 'shop-staging_c_f00000000008', templateDriver: 'golang' });
    const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
    expect([...result.contents.secrets].map(([key, bytes]) => [key, text(bytes)])).toEqual([
      ['s', 'hunter2'],
      ['e', 'tokentoken'],
    ]);
    expect(text(result.contents.configs.get('c'))).toBe('for shop');
    expect(JSON.stringify([result.spec, result.warnings])).not.toMatch(/hunter2|tokentoken/);
  });

  it('have names of at most 64 characters that stay apart', () => {
    const key = 'k'.repeat(60);
    const spec = readSpec(
      `services: {web: {image: a, configs: [${key}a, ${key}b]}}\nconfigs: {${key}a: {content: x}, ${key}b: {content: x}}`,
    );
    const names = Object.values(spec.configs).map(({ engineName }) => engineName);
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^shop-staging_k.{0,50}_f00000000001$/);
    expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(64);
  });

  it.each<[what: string, rest: string, says: string]>([
    [
      'a file outside the project',
      'secrets: {s: {file: ../../etc/shadow}}',
      "secrets.s.file: This file lies outside the app's project folder.",
    ],
    ['a missing file', 'secrets: {s: {file: none}}', 'secrets.s.file: This file does not exist.'],
    ['an empty secret', 'secrets: {s: {file: empty}}', 'secrets.s.file: This secret is empty'],
    ['a secret of half a megabyte', 'secrets: {s: {file: large}}', 'secrets.s.file: This secret has 512000 bytes'],
    [
      'a missing variable',
      'secrets: {s: {environment: NONE}}',
      'secrets.s.environment: The secret "NONE" is not set. Type `/secret set shop staging NONE` in the chat',
    ],
    ['a secret without content', 'secrets: {s: {labels: {a: b}}}', 'secrets.s: This secret has no content.'],
    ['two contents', 'secrets: {s: {file: empty, environment: A}}', 'secrets.s.environment: This secret has two contents.'],
    ['an external secret with a file', 'secrets: {s: {external: true, file: empty}}', 'secrets.s.file: This object is external'],
    ['a secret driver', 'secrets: {s: {driver: vault}}', 'secrets.s.driver: The values of a secret driver'],
    [
      'a network of one machine',
      'secrets: {s: {external: true}}\nnetworks: {default: {driver: bridge}}',
      'networks.default.driver: A network of driver bridge exists on one machine only.',
    ],
    [
      "the host's network",
      'secrets: {s: {external: true}}\nnetworks: {default: {external: true, name: host}}',
      "networks.default: The host's own networks are not for services of a Swarm.",
    ],
  ])('are refused: %s', (_what, rest, says) => {
    const files: Files = { 'compose.yaml': `services: {web: {image: a, secrets: [s]}}\n${rest}`, empty: '', large: 'x'.repeat(512_000) };
    expect(refusals(files).join('\n')).toContain(says);
  });

  it('may not be a bind mount in disguise', () => {
    const text = 'services: {web: {image: a, volumes: ["v:/x"]}}\nvolumes: {v: {driver_opts: {type: none, o: bind, device: /etc}}}';
    expect(refusals(text)[0]).toContain('volumes.v.driver_opts.device: This volume is a folder or disk of the node');
    expect(refusals(text, { policy: { allowBindMounts: ['/etc'] } })).toEqual([]);
  });
});
