import type { OpenBreaker } from '../domain/breaker.ts';

/** Faults have a stable `code`; callers tell them apart by class or code, never by text. */
export abstract class Fault extends Error {
  abstract readonly code: string;
  /** Would the same request have a chance later? */
  abstract readonly isTransient: boolean;

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

export class EngineUnavailableError extends Fault {
  readonly code = 'engine_unavailable';
  readonly isTransient = true;
}

/** It did not answer again and again and is left alone until its next try; nothing was sent. */
export class EngineRestingError extends EngineUnavailableError {
  readonly open: OpenBreaker;

  constructor(open: OpenBreaker) {
    super(`The engine does not answer and is left alone for a while: ${open.because}`);
    this.open = open;
  }
}

export class EngineRejectedError extends Fault {
  readonly code = 'engine_rejected';
  readonly isTransient = false;
}

/** A newer owner holds the environment. Whoever gets this stops and writes nothing more, neither engine nor database. */
export class FenceLostError extends Fault {
  readonly code = 'fence_lost';
  readonly isTransient = false;
}

export class StoreUnavailableError extends Fault {
  readonly code = 'store_unavailable';
  readonly isTransient = true;
}

/** The image does not exist, or the registry does not let us see it. */
export class ImageNotFoundError extends Fault {
  readonly code = 'image_not_found';
  readonly isTransient = false;
}

/** The registry does not answer; whether it has the image is not known. */
export class RegistryUnavailableError extends Fault {
  readonly code = 'registry_unavailable';
  readonly isTransient = true;
}
