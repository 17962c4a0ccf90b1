/** A reference in its parts, by the rules of the Distribution reference: the first part is a host when it looks like one. */
export type ImageReference = {
  /** `docker.io` when none is written. */
  readonly registry: string;
  /** Path inside the registry: `library/nginx`, `shop/web`. */
  readonly repository: string;
  /** As written, without tag and digest: what the engine lists local images under. */
  readonly familiar: string;
  readonly tag: string;
  readonly digest: string | null;
};

const DOCKER_HUB = 'docker.io';

export function parseImageReference(reference: string): ImageReference {
  const [named = '', digest = null] = reference.split('@');
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  const familiar = hasTag ? named.slice(0, colon) : named;
  const tag = hasTag ? named.slice(colon + 1) : 'latest';
  const [first = '', ...rest] = familiar.split('/');
  const hasHost = rest.length > 0 && (first.includes('.') || first.includes(':') || first === 'localhost');
  const registry = hasHost ? first : DOCKER_HUB;
  const path = hasHost ? rest.join('/') : familiar;
  const repository = registry === DOCKER_HUB && !path.includes('/') ? `library/${path}` : path;
  return { registry, repository, familiar, tag, digest };
}

/** Carries what will run already: a digest, or a local image's id. */
export function isPinned(reference: string): boolean {
  return /@sha256:[0-9a-f]{64}$/.test(reference) || /^sha256:[0-9a-f]{64}$/.test(reference);
}
