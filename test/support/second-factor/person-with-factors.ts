import { randomBytes, randomUUID } from 'node:crypto';
import { generateSync } from 'otplib';
import { AesSealer } from '../../../adapters/crypto/aes-sealer.ts';
import { authenticatorCodes } from '../../../adapters/otp/authenticator-codes.ts';
import type { Parts } from '../../../src/application/parts.ts';
import { hashRecoveryCode, newRecoveryCodes } from '../../../src/application/second-factor/tokens.ts';
import type { Confirmation } from '../../../src/domain/confirmation.ts';
import type { Person } from '../../../src/domain/deployment.ts';
import type { Notice } from '../../../src/domain/notice.ts';
import type { OneTimeCodes } from '../../../src/ports/one-time-codes.ts';
import { factorBinding } from '../../../src/ports/sealed-bindings.ts';
import { FakeClock, someParts } from '../builders-parts.ts';
import type { TestDatabase } from '../postgres.ts';

export const SEALER = new AesSealer([{ id: 'test', bytes: randomBytes(32) }]);

/** How often a code was compared with a secret, and what people were told. */
export type Watched = { evaluated: number; readonly told: { readonly personId: string; readonly notice: Notice }[] };

/** Parts on the real database with a clock that stands still: everything about second factors is real. */
export function factorParts(test: TestDatabase, members: Partial<Parts> = {}) {
  const watched: Watched = { evaluated: 0, told: [] };
  const oneTimeCodes: OneTimeCodes = {
    ...authenticatorCodes,
    stepOf(code, secret, now) {
      watched.evaluated += 1;
      return authenticatorCodes.stepOf(code, secret, now);
    },
  };
  const clock = new FakeClock(Date.parse('2026-11-21T12:00:10Z'));
  const parts = someParts({
    database: test.database,
    rateLimits: test.database.rateLimits,
    sealer: SEALER,
    clock,
    oneTimeCodes,
    notices: { tell: async (_stores, personId, notice) => void watched.told.push({ personId, notice }) },
    ...members,
  });
  return { parts, clock, watched };
}

export function aPerson(name = 'Ada'): Person {
  return { id: `${name.toLowerCase()}-${randomUUID().slice(0, 8)}`, name };
}

export function aConfirmation(members: Partial<Confirmation> = {}): Confirmation {
  return {
    purpose: 'approve',
    subject: 'request-1',
    hash: 'abc',
    summary: ['Deploy shop 1.2.0 to production'],
    values: { decision: 'yes' },
    ...members,
  };
}

/** An authenticator app that is set up already. `codeAt` is what it shows. */
export async function anApp(test: TestDatabase, { id: personId }: Person): Promise<{ id: string; codeAt(now: number): string }> {
  const secret = authenticatorCodes.newSecret();
  const id = randomUUID();
  const sealed = SEALER.seal(Buffer.from(secret), factorBinding({ id, personId }));
  const factor = { kind: 'totp', id, personId, name: 'Authenticator app', sealed, lastStep: 0, createdAt: 0, lastUsedAt: null } as const;
  await test.database.stores.factors.insert(factor);
  return { id, codeAt: (now) => generateSync({ secret, epoch: Math.floor(now / 1000) }) };
}

export async function someRecoveryCodes(test: TestDatabase, { id }: Person): Promise<readonly string[]> {
  const codes = newRecoveryCodes();
  await test.database.stores.factors.replaceRecoveryCodes(
    id,
    codes.map((code) => hashRecoveryCode(id, code)),
  );
  return codes;
}

/** Six digits that are none of the given. */
export function aWrongCode(...right: readonly string[]): string {
  const wrong = ['111111', '222222', '333333', '444444'].find((code) => !right.includes(code));
  if (wrong === undefined) throw new Error('every candidate is right');
  return wrong;
}
