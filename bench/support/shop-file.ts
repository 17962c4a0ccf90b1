import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';

const SOURCE = new URL('../../examples/shop/compose.yaml', import.meta.url);

type Service = {
  depends_on?: Record<string, unknown> | readonly string[];
  deploy: { mode?: string; endpoint_mode?: string; update_config?: object; rollback_config?: object };
};

export type ShopFileOptions = {
  /** Of the example's services; all but its one-off job when absent. */
  readonly services?: readonly string[];
  /** Rolls back as it updates. Without, `docker service rollback` has defaults of its own, with a monitor of 5 s. */
  readonly rollbackAsUpdate?: boolean;
};

/**
 * The example shop as one Compose file that `docker stack deploy` and Shipmate both read as it is. The one-off job is left
 * out, because `docker stack deploy` has no jobs before Compose 3.9 and waits for none; `depends_on` is in its short form, the
 * only one of the v3 format; names resolve to tasks (dnsrr), so that it runs on kernels without IPVS. Health checks,
 * update settings, monitors, limits and images are the example's.
 */
export function shopFile(options: ShopFileOptions = {}): string {
  const file: { services: Record<string, Service> } = parse(readFileSync(SOURCE, 'utf8'), { merge: true });
  const wanted = Object.entries(file.services).filter(
    ([name, service]) => service.deploy.mode !== 'replicated-job' && (options.services?.includes(name) ?? true),
  );
  const names = wanted.map(([name]) => name);
  const services = wanted.map(([name, { depends_on: dependsOn, deploy, ...service }]) => {
    const needed = Object.keys(dependsOn ?? {}).filter((other) => names.includes(other));
    const rollback = options.rollbackAsUpdate === true ? { rollback_config: deploy.update_config ?? {} } : {};
    return [
      name,
      { ...service, ...(needed.length === 0 ? {} : { depends_on: needed }), deploy: { ...deploy, ...rollback, endpoint_mode: 'dnsrr' } },
    ] as const;
  });
  const declarations = Object.entries(file).filter(
    ([key]) => key !== 'x-service' && key !== 'x-healthcheck' && key !== 'x-update-without-gap',
  );
  return stringify({ ...Object.fromEntries(declarations), services: Object.fromEntries(services) }, { aliasDuplicateObjects: false });
}
