/** The one table of deployment states. Everything that moves a deployment asks it. */
export const DEPLOYMENT_STATES = [
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
export type DeploymentState = (typeof DEPLOYMENT_STATES)[number];

const TRANSITIONS: Readonly<Record<DeploymentState, readonly DeploymentState[]>> = {
  requested: ['awaiting_approval', 'queued', 'cancelled', 'rejected', 'errored'],
  awaiting_approval: ['queued', 'cancelled', 'rejected', 'expired'],
  queued: ['running', 'cancelled', 'expired', 'errored'],
  running: ['succeeded', 'failed', 'errored', 'rolled_back', 'cancelled'],
  succeeded: [],
  /** The release is bad and the environment was not taken back: there was nothing before, or automatic rollback is off. */
  failed: [],
  /** Shipmate or the engine broke; the message says what state the environment is in. */
  errored: [],
  /** The release is bad and the environment runs its previous release again. */
  rolled_back: [],
  cancelled: [],
  rejected: [],
  expired: [],
};

export function canTransition(from: DeploymentState, to: DeploymentState): boolean {
  return TRANSITIONS[from].includes(to);
}

export function isFinal(state: DeploymentState): boolean {
  return TRANSITIONS[state].length === 0;
}

/** Final or not, does it hold or wait for the environment? */
export function isOpen(state: DeploymentState): boolean {
  return !isFinal(state);
}

export const STAGES = ['prepare', 'stage', 'validate', 'promote', 'verify', 'clean_up'] as const;
export type Stage = (typeof STAGES)[number];
