/** What Node's `inspect` and `console.log` look for (`util.inspect.custom`). */
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** A value that must not be shown. Every way of printing it gives the same word; only {@link Secret.reveal} gives the value. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [INSPECT](): string {
    return '[redacted]';
  }
}
