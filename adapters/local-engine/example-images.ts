import type Docker from 'dockerode';
import { buildImage, filesBelow } from './build-image.ts';
import { ensureNodeBaseImage } from './node-base-image.ts';

/** An example app whose Dockerfile takes BASE, SERVICE and VERSION. */
export type ExampleApp = {
  readonly name: string;
  readonly folder: string;
  readonly services: readonly string[];
  readonly versions: readonly string[];
};

/** Builds `<name>/<service>:<version>` for every service and version, without any registry. Returns the tags. */
export async function buildExampleImages(docker: Docker, app: ExampleApp, announce: (text: string) => void): Promise<readonly string[]> {
  const base = await ensureNodeBaseImage(docker, announce);
  const files = filesBelow(app.folder).filter(({ path }) => path === 'Dockerfile' || path.startsWith('src/') || path.startsWith('data/'));
  announce(`building ${app.services.length * app.versions.length} images of the example app ${app.name}`);
  const tags: string[] = [];
  for (const version of app.versions) {
    // One after another: the builder's cache then serves all but the first.
    for (const service of app.services) {
      const tag = `${app.name}/${service}:${version}`;
      await buildImage(docker, { tag, files, args: { BASE: base, SERVICE: service, VERSION: version } });
      tags.push(tag);
    }
  }
  return tags;
}

export const SHOP_SERVICES = ['store', 'cache', 'migrate', 'api', 'worker', 'web'] as const;
/** 1.1.0 changes what the pages show; 1.2.0 never becomes healthy. */
export const SHOP_VERSIONS = ['1.0.0', '1.1.0', '1.2.0'] as const;

export function shopExample(examplesFolder: string): ExampleApp {
  return { name: 'shop', folder: `${examplesFolder}/shop`, services: SHOP_SERVICES, versions: SHOP_VERSIONS };
}
