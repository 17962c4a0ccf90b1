import type Docker from 'dockerode';
import type { BreakerRule } from '../../src/domain/breaker.ts';
import type { Breakers } from '../../src/ports/breakers.ts';
import { EngineUnavailableError, ImageNotFoundError, RegistryUnavailableError } from '../../src/ports/faults.ts';
import type { ImageResolver, ResolvedImage } from '../../src/ports/image-resolver.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { EngineApi } from './engine-api.ts';
import { EngineResponseError, withFaults } from './engine-errors.ts';
import { isPinned, parseImageReference } from './image-reference.ts';
import { RegistryTags } from './registry-tags.ts';

type LocalImage = { readonly Id: string; readonly RepoDigests?: readonly string[] | null };
type ListedImage = { readonly RepoTags?: readonly string[] | null; readonly Created: number };

/** How long a registry may take. */
const REGISTRY_TIMEOUT_MS = 4_000;
/** One that did not answer once is not waited for again for a while. */
const REGISTRY_RULE: BreakerRule = { failures: 1, restsMs: [30_000] };

type RegistryAnswer = { readonly digest: string | null; readonly problem: string; readonly isAway: boolean };

/** Asks the registry through the engine, which has its credentials for mirrors and its own view of the network; then the engine's own images. */
export class EngineImageResolver implements ImageResolver {
  readonly #api: EngineApi;
  readonly #logger: Logger;
  readonly #breakers: Breakers;
  readonly #registryTags = new RegistryTags();

  constructor(options: { readonly docker: Docker; readonly logger: Logger; readonly breakers: Breakers; readonly timeoutMs?: number }) {
    this.#api = new EngineApi(options.docker, options.timeoutMs);
    this.#logger = options.logger;
    this.#breakers = options.breakers;
  }

  resolve(reference: string): Promise<ResolvedImage> {
    if (isPinned(reference)) return Promise.resolve({ reference, pinned: reference, source: 'given' });
    return withFaults(async () => {
      const image = parseImageReference(reference);
      const [registry, local] = await Promise.all([this.#askRegistry(reference, image.registry), this.#askEngine(reference)]);
      if (registry.digest !== null) return { reference, pinned: `${image.familiar}:${image.tag}@${registry.digest}`, source: 'registry' };
      if (local === null)
        throw registry.isAway
          ? new RegistryUnavailableError(`${image.registry} does not answer (${registry.problem}).`)
          : notFound(reference, image.registry, registry.problem);
      // The digest under which this image was pulled or pushed, of the same repository.
      const digest = (local.RepoDigests ?? []).map(parseImageReference).find((known) => known.familiar === image.familiar)?.digest;
      const pinned = digest ? `${image.familiar}:${image.tag}@${digest}` : local.Id;
      return { reference, pinned, source: 'local' };
    });
  }

  async tags(reference: string): Promise<readonly string[]> {
    const image = parseImageReference(reference);
    const [remote, local] = await Promise.all([this.#registryTags.of(image), withFaults(() => this.#localTags(image.familiar))]);
    // Local ones have a date; a registry lists by name, where a higher version is probably the newer.
    const others = remote.filter((tag) => !local.includes(tag)).sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
    return [...local, ...others];
  }

  async #askRegistry(reference: string, registry: string): Promise<RegistryAnswer> {
    // An engine that hangs altogether shows in the question for the local image, so it is not mistaken for a registry.
    await this.#api.version();
    const breaker = this.#breakers.of(`registry ${registry}`, {
      rule: REGISTRY_RULE,
      isFailure: (error) => error instanceof RegistryUnavailableError,
      refused: (open) => new RegistryUnavailableError(open.because),
    });
    try {
      const answer = await breaker.run(() =>
        this.#api
          .get<{ Descriptor?: { digest?: string } }>(`/distribution/${encodePath(reference)}/json`, { timeoutMs: REGISTRY_TIMEOUT_MS })
          .catch(throwAway),
      );
      return { digest: answer.Descriptor?.digest ?? null, problem: 'it gave no digest', isAway: false };
    } catch (error) {
      if (error instanceof EngineResponseError) return { digest: null, problem: error.reason, isAway: false };
      if (!(error instanceof RegistryUnavailableError)) throw error;
      this.#logger.debug({ registry, problem: error.message }, 'The registry cannot be reached; local images are used for a while');
      return { digest: null, problem: error.message, isAway: true };
    }
  }

  async #askEngine(reference: string): Promise<LocalImage | null> {
    try {
      return await this.#api.get<LocalImage>(`/images/${encodePath(reference)}/json`);
    } catch (error) {
      if (error instanceof EngineResponseError && error.status === 404) return null;
      throw error;
    }
  }

  async #localTags(familiar: string): Promise<readonly string[]> {
    const images = await this.#api.get<readonly ListedImage[]>('/images/json', { query: { filters: { reference: [familiar] } } });
    return [...images]
      .sort((a, b) => b.Created - a.Created)
      .flatMap((image) => image.RepoTags ?? [])
      .map(parseImageReference)
      .filter((tagged) => tagged.familiar === familiar)
      .map((tagged) => tagged.tag);
  }
}

/** The registry, not the engine: that one answered right before. Only why is kept, in words for people, and not what was asked of the engine. */
function throwAway(error: unknown): never {
  if (error instanceof EngineUnavailableError) throw new RegistryUnavailableError('it did not answer in time');
  if (error instanceof EngineResponseError && error.status >= 500) throw new RegistryUnavailableError(error.reason);
  throw error;
}

/** Slashes and colons belong to the reference's place in the path; everything else is encoded. */
function encodePath(reference: string): string {
  return reference.split('/').map(encodeURIComponent).join('/');
}

function notFound(reference: string, registry: string, problem: string): ImageNotFoundError {
  return new ImageNotFoundError(
    `The image ${reference} is neither on the engine nor to be had from ${registry} (${problem}). ` +
      'Check the name and the version, push the image, or build it on the engine.',
  );
}
