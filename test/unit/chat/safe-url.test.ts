import { describe, expect, it } from 'vitest';
import { safeUrl } from '../../../src/chat/safe-url.ts';

describe('the address of a link', () => {
  it.each([
    ['https://shipmate.example/confirm/abc', 'https://shipmate.example/confirm/abc'],
    ['http://127.0.0.1:8080/mfa/a_b-c', 'http://127.0.0.1:8080/mfa/a_b-c'],
    ['HTTPS://Shipmate.Example', 'https://shipmate.example/'],
  ])('is %s', (url, expected) => {
    expect(safeUrl(url)).toBe(expected);
  });

  it.each([
    'javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'https://name:word@shipmate.example',
    '/mfa/abc',
    '//shipmate.example',
    'not an address',
    '',
  ])('is not %j', (url) => {
    expect(safeUrl(url)).toBeNull();
  });
});
