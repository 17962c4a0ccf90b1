/**
 * Named places between two effects where a test may stop, kill or fail this process. Off unless the composition root
 * was started for tests; a name that is not in this list does not compile.
 */
export const FAILPOINTS = [
  'lease-acquired',
  'started',
  'prepared',
  'previous-recorded',
  'objects-created',
  'validated',
  'before-apply',
  'after-apply',
  'progress-saved',
  'rolled-out',
  'verified',
  'cleaned-up',
  'before-finish',
  'after-finish',
  'turned-back',
  'before-restore',
  'after-restore',
  'taken-back',
] as const;
export type Failpoint = (typeof FAILPOINTS)[number];

export type Failpoints = { hit(name: Failpoint): Promise<void> };

export const NO_FAILPOINTS: Failpoints = { hit: () => Promise.resolve() };
