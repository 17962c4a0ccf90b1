import { hygieneNotes } from '../domain/container-hygiene.ts';
import { type Refusal, refusal } from '../domain/refusal.ts';
import type { Release } from '../domain/release.ts';
import type { StackSpec } from '../domain/stack-spec.ts';
import { describeFinding, type FileContents } from '../ports/app-source.ts';
import { ImageNotFoundError, RegistryUnavailableError } from '../ports/faults.ts';
import { hashSpec, newId } from './identity.ts';
import type { Parts } from './parts.ts';
import { storedSecrets } from './stored-secrets.ts';

export type PreparedRelease = {
  readonly release: Release;
  readonly contents: FileContents;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
};

/** Definition → adapted to the engine → every image pinned → hashed. Nothing is stored and nothing changes on the engine. */
export async function prepareRelease(
  parts: Parts,
  request: { app: string; environment: string; version: string | null; pins?: ReadonlyMap<string, string> },
): Promise<PreparedRelease | Refusal> {
  const read = await parts.source.read({ ...request, secrets: storedSecrets(parts, request.app, request.environment) });
  if (!read.ok) {
    const where = `${request.app} ${request.environment}`;
    return refusal(
      'invalid_definition',
      `The definition of ${where} cannot be deployed.`,
      'Mend these and try again.',
      read.findings.map(describeFinding),
    );
  }
  const adapted = await parts.orchestrator.adapt(read.spec);
  const pinned = await pinImages(parts, adapted.spec, request.pins);
  if ('refused' in pinned) return pinned;
  const now = parts.clock.now();
  return {
    release: {
      id: newId(now),
      app: request.app,
      environment: request.environment,
      version: read.version ?? 'unversioned',
      spec: pinned.spec,
      specHash: hashSpec(pinned.spec),
      sourceCommit: read.sourceCommit,
      createdAt: now,
    },
    contents: read.contents,
    notes: [...adapted.notes, ...pinned.notes, ...hygieneNotes(pinned.spec, parts.workspace().engine)],
    warnings: read.warnings.map(describeFinding),
  };
}

/** `given`: references that are pinned already, whatever their tags name now. */
async function pinImages(
  parts: Parts,
  spec: StackSpec,
  given: ReadonlyMap<string, string> = new Map(),
): Promise<{ spec: StackSpec; notes: readonly string[] } | Refusal> {
  const references = [...new Set(Object.values(spec.services).map((service) => service.image))];
  const pinned = new Map(given);
  const missing: string[] = [];
  const unknown = new Map<string, string>();
  const local: string[] = [];
  await Promise.all(
    references
      .filter((reference) => !given.has(reference))
      .map(async (reference) => {
        try {
          const image = await parts.images.resolve(reference);
          pinned.set(reference, image.pinned);
          if (image.source === 'local') local.push(reference);
        } catch (fault) {
          if (fault instanceof RegistryUnavailableError) unknown.set(reference, fault.message);
          else if (fault instanceof ImageNotFoundError) missing.push(reference);
          else throw fault;
        }
      }),
  );
  if (unknown.size > 0) return registryRefusal(parts, unknown);
  if (missing.length > 0) return imageRefusal(parts, missing.sort());
  const services = Object.fromEntries(
    Object.entries(spec.services).map(([name, service]) => [name, { ...service, pinnedImage: pinned.get(service.image) ?? service.image }]),
  );
  const notes = local.length === 0 ? [] : [`Known only to this engine, pinned by image id: ${local.sort().join(', ')}.`];
  return { spec: { ...spec, services }, notes };
}

async function imageRefusal(parts: Parts, missing: readonly string[]): Promise<Refusal> {
  const known = await knownVersions(parts, missing);
  return refusal(
    'image_not_found',
    `No such image: ${missing.join(', ')}.`,
    known ?? 'Push it to its registry, or check the name and version.',
  );
}

/** Whether the registry has it cannot be told while it is away; more often than that, nobody has built it yet. */
async function registryRefusal(parts: Parts, unknown: ReadonlyMap<string, string>): Promise<Refusal> {
  const references = [...unknown.keys()].sort();
  const message = `No such image on the engine, and its registry does not answer: ${references.join(', ')}.`;
  const hint = 'Build it on the engine, or push it to its registry. If it is in the registry already, ask again in half a minute.';
  const known = await knownVersions(parts, references);
  return refusal('registry_unavailable', message, known === null ? hint : `${known} ${hint}`, [...new Set(unknown.values())].sort());
}

async function knownVersions(parts: Parts, references: readonly string[]): Promise<string | null> {
  const tags = await parts.images.tags(references[0] ?? '').catch(() => []);
  return tags.length === 0 ? null : `Known versions: ${tags.slice(0, 8).join(', ')}.`;
}
