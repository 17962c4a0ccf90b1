import { describe, expect, it } from 'vitest';
import { canTransition, DEPLOYMENT_STATES, type DeploymentState, isFinal, isOpen } from '../../../src/domain/deployment-state.ts';

/** Rows are where a deployment is, columns where it would go: written out by hand, so that a change to either shows. */
const COLUMNS = [
  'requested',
  'awaiting_approval',
  'queued',
  'running',
  'succeeded',
  'failed',
  'errored',
  'rolled_back',
  'cancelled',
  'rejected',
  'expired',
] as const;
const TABLE: Readonly<Record<DeploymentState, string>> = {
  requested: /*         */ '· A Q · · · E · C R ·',
  awaiting_approval: /* */ '· · Q · · · · · C R X',
  queued: /*            */ '· · · R · · E · C · X',
  running: /*           */ '· · · · S F E B C · ·',
  succeeded: /*         */ '· · · · · · · · · · ·',
  failed: /*            */ '· · · · · · · · · · ·',
  errored: /*           */ '· · · · · · · · · · ·',
  rolled_back: /*       */ '· · · · · · · · · · ·',
  cancelled: /*         */ '· · · · · · · · · · ·',
  rejected: /*          */ '· · · · · · · · · · ·',
  expired: /*           */ '· · · · · · · · · · ·',
};

const EVERY = DEPLOYMENT_STATES.flatMap((from) =>
  COLUMNS.map((to, index) => ({ from, to, allowed: TABLE[from].split(' ')[index] !== '·' })),
);

describe('deployment states', () => {
  it('are all in the table', () => {
    expect([...COLUMNS].sort()).toEqual([...DEPLOYMENT_STATES].sort());
    expect(Object.values(TABLE).every((row) => row.split(' ').length === COLUMNS.length)).toBe(true);
  });

  it.each(EVERY)('$from → $to: $allowed', ({ from, to, allowed }) => {
    expect(canTransition(from, to)).toBe(allowed);
  });

  it.each(DEPLOYMENT_STATES)('%s is final exactly when nothing follows it', (state) => {
    const isLast = !TABLE[state].match(/[A-Z]/);
    expect(isFinal(state)).toBe(isLast);
    expect(isOpen(state)).toBe(!isLast);
  });

  it('can be brought to an end from every open state', () => {
    const reachesEnd = (state: DeploymentState): boolean =>
      isFinal(state) || DEPLOYMENT_STATES.some((next) => canTransition(state, next) && reachesEnd(next));
    expect(DEPLOYMENT_STATES.filter((state) => !reachesEnd(state))).toEqual([]);
  });
});
