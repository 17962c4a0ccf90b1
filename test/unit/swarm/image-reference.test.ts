import { describe, expect, it } from 'vitest';
import { isPinned, parseImageReference } from '../../../adapters/swarm/image-reference.ts';

describe('an image reference', () => {
  it.each([
    ['nginx', 'docker.io', 'library/nginx', 'nginx', 'latest'],
    ['shop/web:1.0', 'docker.io', 'shop/web', 'shop/web', '1.0'],
    ['localhost:5000/web', 'localhost:5000', 'web', 'localhost:5000/web', 'latest'],
    ['ghcr.io/shop/web:v2', 'ghcr.io', 'shop/web', 'ghcr.io/shop/web', 'v2'],
  ])('%s has a registry, a repository and a tag', (reference, registry, repository, familiar, tag) => {
    expect(parseImageReference(reference)).toEqual({ registry, repository, familiar, tag, digest: null });
  });

  it('is pinned by a digest or by being an image id, never by a tag', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    expect([`nginx@${digest}`, digest, 'nginx:1', 'nginx@sha256:short'].map(isPinned)).toEqual([true, true, false, false]);
  });
});
