import type { Failure } from '../domain/deployment.ts';
import { Fault } from '../ports/faults.ts';

/** The release is bad: not a fault of ours, but the way out of a stage. */
export class ReleaseFailed extends Fault {
  readonly code = 'release_failed';
  readonly isTransient = false;
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** Somebody asked to cancel while the release was going forward. */
export class ReleaseCancelled extends Fault {
  readonly code = 'release_cancelled';
  readonly isTransient = false;
}
