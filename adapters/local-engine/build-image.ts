import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { pack } from 'tar-stream';
import { EngineRejectedError } from '../../src/ports/faults.ts';

/** A file of a build context or image. */
export type ImageFile = { readonly path: string; readonly content: Uint8Array | string; readonly mode?: number };

/** Every file below a folder, paths relative to it, as a build context wants them. */
export function filesBelow(folder: string): readonly ImageFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort()
    .map((path) => ({ path, content: readFileSync(join(folder, path)), mode: statSync(join(folder, path)).mode & 0o777 }));
}

/** Builds an image from a context that holds a `Dockerfile`, with the engine's classic builder. Nothing is pulled when the base is local. */
export async function buildImage(
  docker: Docker,
  image: { readonly tag: string; readonly files: readonly ImageFile[]; readonly args: Readonly<Record<string, string>> },
): Promise<void> {
  const output = await docker.buildImage(archiveOf(image.files), { t: image.tag, buildargs: { ...image.args }, rm: true, forcerm: true });
  await finish(docker, output, image.tag);
}

/** Makes an image of one layer out of files; `changes` are Dockerfile instructions (`ENV …`, `CMD …`). */
export async function importImage(
  docker: Docker,
  image: { readonly tag: string; readonly files: readonly ImageFile[]; readonly changes: readonly string[] },
): Promise<void> {
  const separator = image.tag.lastIndexOf(':');
  const output = await docker.importImage(archiveOf(image.files), {
    repo: image.tag.slice(0, separator),
    tag: image.tag.slice(separator + 1),
    changes: [...image.changes],
  });
  await finish(docker, output, image.tag);
}

/** One time for all files, so that equal files are equal layers and the builder's cache holds. */
const EPOCH = new Date(0);

function archiveOf(files: readonly ImageFile[]): Readable {
  const archive = pack();
  for (const { path, content, mode } of files) {
    archive.entry({ name: path, mode: mode ?? 0o644, mtime: EPOCH }, typeof content === 'string' ? content : Buffer.from(content));
  }
  archive.finalize();
  return Readable.from(archive);
}

/** The engine reports a failed build inside a stream that it answered with 200. */
async function finish(docker: Docker, output: NodeJS.ReadableStream, tag: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(output, (error: Error | null, events: readonly { error?: string }[]) => {
      const failure = error?.message ?? events?.find((event) => event.error !== undefined)?.error;
      if (failure === undefined) resolve();
      else reject(new EngineRejectedError(`The image ${tag} could not be built: ${failure}`, { cause: error }));
    });
  });
}
