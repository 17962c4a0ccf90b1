import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashToken, isToken, newToken } from '../../../src/application/machines/token-format.ts';
import { isSignedWebhook } from '../../../src/application/machines/verify-webhook.ts';
import { isInScope, TOKEN_PERMISSIONS, whyOver } from '../../../src/domain/api-token.ts';
import { looksLikeCredential } from '../../../src/domain/credentials.ts';
import { humanBehind, isMachine, machinePerson } from '../../../src/domain/machine.ts';
import { PERMISSIONS } from '../../../src/domain/permissions.ts';
import { scrub } from '../../../src/domain/scrub.ts';
import { readWebhookHeaders } from '../../../src/domain/webhook-signature.ts';

describe('a token’s text', () => {
  it('is told from every other text, a changed one included, and never twice the same', () => {
    const token = newToken();
    expect(isToken(token)).toBe(true);
    expect(newToken()).not.toBe(token);
    for (let index = 0; index < token.length; index += 1) {
      const changed = `${token.slice(0, index)}${token[index] === 'A' ? 'B' : 'A'}${token.slice(index + 1)}`;
      expect(isToken(changed), changed).toBe(false);
    }
    fc.assert(fc.property(fc.string(), (text) => !isToken(text)));
    expect(hashToken(token)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is found by its looks, so that no log or message shows one', () => {
    const token = newToken();
    expect(looksLikeCredential(`curl -H "authorization: Bearer ${token}"`)).toBe(true);
    expect(scrub(`failed with ${token}.`, [])).not.toContain(token);
  });
});

describe('a token', () => {
  it('is over at its end, and when it was revoked', () => {
    expect(whyOver({ revoked: null, expiresAt: 10 }, 9)).toBeNull();
    expect(whyOver({ revoked: null, expiresAt: 10 }, 10)).toBe('expired');
    expect(whyOver({ revoked: { at: 1, by: { id: 'ada', name: 'Ada' } }, expiresAt: 10 }, 2)).toBe('revoked');
  });

  it('has a scope of apps, environments and permissions that all have to hold', () => {
    const scope = { apps: ['shop'], environments: ['staging'], permissions: ['deploy'] as const };
    expect(isInScope(scope, { app: 'shop', environment: 'staging', permission: 'deploy' })).toBe(true);
    expect(isInScope(scope, { app: 'shop', environment: null, permission: 'deploy' })).toBe(true);
    expect(isInScope(scope, { app: 'blog', environment: 'staging', permission: 'deploy' })).toBe(false);
    expect(isInScope(scope, { app: 'shop', environment: 'production', permission: 'deploy' })).toBe(false);
    for (const permission of PERMISSIONS.filter((one) => one !== 'deploy')) {
      expect(isInScope(scope, { app: 'shop', environment: 'staging', permission })).toBe(false);
    }
  });

  it('can never be given what decides about others', () => {
    const deciding = ['grant', 'secret', 'audit', 'freeze', 'lock', 'break_glass', 'review'];
    expect(TOKEN_PERMISSIONS.filter((permission) => deciding.includes(permission))).toEqual([]);
  });
});

describe('a machine', () => {
  it('has the roles of its human, and its human answers for it', () => {
    const machine = machinePerson('token', { id: 'ada', name: 'Ada' }, 'k3f9', 'ci');
    expect(machine).toEqual({ id: 'token:ada/k3f9', name: 'ci (token of Ada)', groups: ['ada'] });
    expect([isMachine(machine.id), humanBehind(machine.id)]).toEqual([true, 'ada']);
    for (const person of ['ada', 'slack:T1/U1', 'discord:118', 'system']) {
      expect([isMachine(person), humanBehind(person)]).toEqual([false, person]);
    }
  });
});

describe('the headers of a delivery', () => {
  const now = 1_700_000_000_000;
  const headers = (changes: object = {}) =>
    readWebhookHeaders({ id: 'msg_1', timestamp: '1700000000', signature: 'v1,AAAA', ...changes }, now);

  it('are those of now with a signature we know', () => {
    expect(headers()).toEqual({ id: 'msg_1', timestamp: '1700000000', signatures: ['AAAA'] });
    expect(headers({ signature: 'v1a,X v1,AAAA v1,BBBB' })?.signatures).toEqual(['AAAA', 'BBBB']);
    expect(headers({ timestamp: '1699999700' })).not.toBeNull();
    expect(headers({ timestamp: '1700000300' })).not.toBeNull();
  });

  it.each([
    { id: null },
    { id: '' },
    { id: 'a.b' },
    { id: 'a b' },
    { id: 'x'.repeat(129) },
    { timestamp: null },
    { timestamp: '1699999699' },
    { timestamp: '1700000301' },
    { timestamp: '1e12' },
    { timestamp: ' 1700000000' },
    { timestamp: 'NaN' },
    { signature: null },
    { signature: '' },
    { signature: 'v2,AAAA' },
    { signature: 'AAAA' },
  ])('are nobody’s with %o', (changes) => {
    expect(headers(changes)).toBeNull();
  });

  it('hold for their own body and key only', () => {
    const key = randomBytes(32);
    const read = {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      timestamp: '1614265330',
      signatures: ['g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='],
    };
    // The worked example of the reference libraries (https://github.com/standard-webhooks/standard-webhooks/blob/main/libraries/javascript/src/index.test.ts).
    const reference = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
    const body = Buffer.from('{"test": 2432232314}');
    expect(isSignedWebhook(read, body, [reference])).toBe(true);
    expect(isSignedWebhook(read, body, [key, reference])).toBe(true);
    expect(isSignedWebhook(read, body, [key])).toBe(false);
    expect(isSignedWebhook(read, body, [])).toBe(false);
    expect(isSignedWebhook({ ...read, id: 'msg_2' }, body, [reference])).toBe(false);
    expect(isSignedWebhook({ ...read, timestamp: '1614265331' }, body, [reference])).toBe(false);
    expect(isSignedWebhook(read, Buffer.from('{"test": 2432232315}'), [reference])).toBe(false);
    expect(isSignedWebhook({ ...read, signatures: [] }, body, [reference])).toBe(false);
  });
});
