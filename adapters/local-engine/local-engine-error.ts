import { Fault } from '../../src/ports/faults.ts';

/** No engine can be had here. The message says what is missing and what the person can do about it. */
export class LocalEngineError extends Fault {
  readonly code = 'local_engine';
  readonly isTransient = false;
}
