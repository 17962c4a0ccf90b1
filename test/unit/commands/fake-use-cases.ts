import type { UseCases } from '../../../src/application/use-cases.ts';
import { refusal } from '../../../src/domain/refusal.ts';
import { aDeployment } from '../../support/builders.ts';

const nothing = refusal('unknown_app', 'There is nothing.');

/** Use cases that refuse everything, except what a test gives. */
export function fakeUseCases(given: Partial<UseCases> = {}): UseCases {
  return {
    planDeployment: async () => nothing,
    readDifference: async () => nothing,
    requestDeployment: async () => nothing,
    requestPromotion: async () => nothing,
    planRollback: async () => nothing,
    requestRollback: async () => nothing,
    requestRollbackOf: async () => nothing,
    cancelDeployment: async () => nothing,
    readStatus: async () => nothing,
    readHistory: async () => ({ deployments: [], statistics: { total: 0, succeeded: 0, failed: 0, medianDurationMs: null } }),
    readLogs: async () => nothing,
    readDeployment: async () => null,
    listApps: async () => [],
    diagnose: async () => [],
    readAudit: async () => nothing,
    startLink: async () => ({ code: 'ABCDE-23456', expiresAt: 0 }),
    finishLink: async () => nothing,
    unlink: async () => nothing,
    describePerson: async ({ person }) => ({ id: person.id, name: person.name, isKnown: true, accounts: [], groups: [], roles: [] }),
    subscribe: async () => nothing,
    unsubscribe: async () => nothing,
    listSubscriptions: async () => [],
    decideApproval: async () => nothing,
    listApprovals: async () => [],
    readApproval: async () => nothing,
    askRequester: async () => nothing,
    breakGlass: async () => nothing,
    listBrokenGlass: async () => [],
    signOff: async () => nothing,
    lockEnvironment: async () => nothing,
    stealLock: async () => nothing,
    unlockEnvironment: async () => nothing,
    listLocks: async () => [],
    freeze: async () => nothing,
    unfreeze: async () => nothing,
    listFreezes: async () => ({ freezes: [], windows: [] }),
    watchOpening: async () => nothing,
    describeFactors: async () => ({ factors: [], recoveryCodesLeft: 0, lockedUntil: null, passkeys: true }),
    addFactor: async () => nothing,
    renewRecoveryCodes: async () => nothing,
    removeFactor: async () => nothing,
    resetFactors: async () => nothing,
    suggestApps: async () => ['shop', 'blog'],
    suggestEnvironments: async () => ['staging', 'production'],
    suggestVersions: async () => ['1.1.0', '1.0.0'],
    suggestServices: async () => ['web', 'api'],
    prepareSecret: async () => nothing,
    setSecret: async () => nothing,
    planSecretRemoval: async () => nothing,
    removeSecret: async () => nothing,
    listSecrets: async () => nothing,
    readSecretHistory: async () => nothing,
    suggestSecrets: async () => ['DB_URL', 'API_KEY'],
    ...given,
  };
}

export const requested = (id: string) => ({ deployment: aDeployment({ id }), position: 0, waitsFor: null, repeated: false });
