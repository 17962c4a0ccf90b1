import { describe, expect, it } from 'vitest';
import { repositoryName, webHostOf } from '../../../adapters/github/repository-name.ts';

describe('the host that people read', () => {
  it.each([
    ['https://api.github.com', 'github.com'],
    ['https://git.example.org/api/v3', 'git.example.org'],
    ['https://api.acme.ghe.com', 'acme.ghe.com'],
    ['https://api.git.example.org/', 'git.example.org'],
    ['http://127.0.0.1:8123', '127.0.0.1:8123'],
  ])('of %s is %s', (apiUrl, host) => expect(webHostOf(apiUrl)).toBe(host));
});

describe('a repository', () => {
  it.each([
    ['https://github.com/acme/shop', 'acme/shop'],
    ['https://github.com/acme/shop/', 'acme/shop'],
    ['https://github.com/acme/shop.git', 'acme/shop'],
    ['https://github.com/a/.github', 'a/.github'],
    ['https://github.com/acme/shop-2_x.y', 'acme/shop-2_x.y'],
  ])('is known by its address %s', (address, name) => expect(repositoryName(address, 'github.com')).toBe(name));

  it.each([
    'https://gitlab.com/acme/shop',
    'https://github.com.evil.example/acme/shop',
    'https://github.com@evil.example/acme/shop',
    'https://user:secret@github.com/acme/shop',
    'https://github.com:8443/acme/shop',
    'https://github.com/acme',
    'https://github.com/acme/shop/tree/main',
    'https://github.com/acme/..',
    'https://github.com/acme/%2e%2e',
    'https://github.com/acme/a%2fb',
    'https://github.com/-acme/shop',
    'https://github.com/acme/shop?x=1',
    'ssh://git@github.com/acme/shop',
    'file:///acme/shop',
    'no address',
  ])('is none at %s', (address) => expect(repositoryName(address, 'github.com')).toBeNull());
});
