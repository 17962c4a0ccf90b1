import type { Parts } from '../parts.ts';
import { freeze, unfreeze } from './freeze.ts';
import { listFreezes } from './list-freezes.ts';
import { listLocks } from './list-locks.ts';
import { lockEnvironment, stealLock } from './lock-environment.ts';
import { unlockEnvironment } from './unlock-environment.ts';
import type { LockUseCases } from './use-cases.ts';
import { watchOpening } from './watch-opening.ts';

export function createLockUseCases(parts: Parts): LockUseCases {
  return {
    lockEnvironment: (request) => lockEnvironment(parts, request),
    stealLock: (request) => stealLock(parts, request),
    unlockEnvironment: (request) => unlockEnvironment(parts, request),
    listLocks: (request) => listLocks(parts, request),
    freeze: (request) => freeze(parts, request),
    unfreeze: (request) => unfreeze(parts, request),
    listFreezes: (request) => listFreezes(parts, request),
    watchOpening: (request) => watchOpening(parts, request),
  };
}
