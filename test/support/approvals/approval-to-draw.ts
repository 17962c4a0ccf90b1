import { aPlan, NOW } from '../../unit/views/facts.ts';
import { anApprovalCard, aRequest } from '../approval-builders.ts';

/** A request with everything on it that a card can say: for pictures, and for looking whether it fits. */
export const APPROVAL_TO_DRAW = anApprovalCard(
  {
    request: aRequest({ deploymentId: 'k3x9m2pq07abc', requestedAt: NOW, expiresAt: NOW + 4 * 3_600_000 }),
    votes: [{ person: { id: 'ada', name: 'Ada' }, decision: 'approve', at: NOW, factor: 'passkey', reason: 'looks good', groups: [] }],
    rules: [
      { count: 1, from: ['owner'], filled: 1, open: [], hasPlatformGroup: false },
      { count: 1, from: ['security'], filled: 0, open: [{ id: 'linus', name: 'Linus' }], hasPlatformGroup: true },
    ],
    background: {
      commits: {
        from: '3f9c2d1a77e04b5c',
        to: '8b07aa42c9d16e3f',
        url: 'https://github.com/acme/shop/compare/3f9c2d1a77e04b5c...8b07aa42c9d16e3f',
        between: {
          aheadBy: 7,
          behindBy: 0,
          commits: [
            { hash: '8b07aa4', author: 'Grace', subject: 'Take the new checkout into use' },
            { hash: '5d1e0c9', author: 'Linus', subject: 'Ask the payment provider once, not once a basket' },
            { hash: '77a0b13', author: 'Grace', subject: 'Say what a voucher is worth before it is used' },
            { hash: 'e94c2f6', author: 'Ada', subject: 'Remove the old basket' },
            { hash: '1b60d8e', author: 'Grace', subject: 'Migrate addresses to the new table' },
          ],
          authors: ['Grace', 'Linus', 'Ada'],
        },
      },
      trial: { environment: 'staging', since: NOW - 26 * 3_600_000, until: null, wasRolledBack: false },
      wayBack: { version: '1.0.0', revision: 3 },
      risks: [{ kind: 'irreversible', names: ['migrate'] }, { kind: 'outside_hours' }],
    },
  },
  {
    id: 'k3x9m2pq07abc',
    version: '1.1.0',
    previousVersion: '1.0.0',
    plan: aPlan,
    planHash: '9f2c61d07b3e5a84',
    reason: 'SHOP-214: the new checkout',
    requestedAt: NOW,
  },
);
