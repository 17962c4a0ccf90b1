import { EngineRejectedError, EngineUnavailableError } from '../../src/ports/faults.ts';

/** The engine answered with an HTTP status that is not a success. */
export class EngineResponseError extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(request: string, status: number, reason: string, cause: unknown) {
    super(`The engine answered ${request} with ${status}: ${reason}`, { cause });
    this.name = 'EngineResponseError';
    this.status = status;
    this.reason = reason;
  }

  /** A write was based on an outdated version. The engine has no code of its own for this: HTTP 500 and this text (swarmkit `state/store`). */
  get isOutdated(): boolean {
    return this.reason.includes('update out of sequence');
  }
}

/** A stale observation or a lost race for a name: observe again and decide again. */
export class OutdatedWriteError extends Error {
  constructor(service: string, cause: unknown) {
    super(`${service} changed on the engine since it was observed`, { cause });
    this.name = 'OutdatedWriteError';
  }
}

/** What `docker-modem` gives its callback: an Error with `statusCode` and the engine's answer, or a socket's error. */
export function describeFailure(request: string, timeoutMs: number | null, error: unknown): Error {
  if (!(error instanceof Error)) return new EngineUnavailableError(`The engine could not be asked (${request}).`, { cause: error });
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : null;
  if (status !== null) return new EngineResponseError(request, status, answerOf(error), error);
  if (error.name === 'TimeoutError' || (error.name === 'AbortError' && timeoutMs !== null)) {
    return new EngineUnavailableError(`The engine did not answer within ${timeoutMs} ms (${request}).`, { cause: error });
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.message;
  return new EngineUnavailableError(`The engine cannot be reached: ${code}. Is the Docker Engine running, and DOCKER_HOST right?`, {
    cause: error,
  });
}

function answerOf(error: Error): string {
  const json: unknown = 'json' in error ? error.json : null;
  if (typeof json === 'object' && json !== null && 'message' in json && typeof json.message === 'string') return json.message;
  return error.message.trim();
}

/** Everything that leaves this adapter is one of the port's faults. */
export function toFault(error: unknown): unknown {
  if (!(error instanceof EngineResponseError)) return error;
  if (error.status === 503) {
    const message = error.reason.includes('swarm manager')
      ? 'This engine is not a swarm manager. Run `docker swarm init` there, or point DOCKER_HOST at a manager.'
      : `The engine is not ready: ${error.reason}`;
    return new EngineUnavailableError(message, { cause: error });
  }
  // A manager without quorum, a store that is busy: 5xx says that the same request may do later.
  if (error.status >= 500 && !isRefusedArgument(error))
    return new EngineUnavailableError(`The engine failed: ${error.reason}`, { cause: error });
  return new EngineRejectedError(`The engine refused the request: ${error.reason}`, { cause: error });
}

/** Some engines answer gRPC's InvalidArgument and Unimplemented with 500; asking again changes nothing there. */
function isRefusedArgument(error: EngineResponseError): boolean {
  return /code = (InvalidArgument|Unimplemented|FailedPrecondition|AlreadyExists)|mode change is not allowed|renaming services/.test(
    error.reason,
  );
}

export async function withFaults<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toFault(error);
  }
}
