import { setTimeout as sleep } from 'node:timers/promises';
import { generateSync } from 'otplib';

const STEP_MS = 30_000;
/** A code is taken from a little before its time to a while after it (adapters/otp); a second less, for the way. */
const EARLY_MS = 9_000;
const LATE_MS = 19_000;

/** Somebody's authenticator app by the real clock. No code is shown twice, for none counts twice. */
export class Authenticator {
  readonly #secret: string;
  #lastStep = 0;

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** The next code that is good for at least this long from now on. */
  async code(goodForMs = 5_000): Promise<string> {
    for (;;) {
      const now = Date.now();
      const current = Math.floor(now / STEP_MS);
      const step = [current - 1, current, current + 1].find(
        (candidate) =>
          candidate > this.#lastStep && candidate * STEP_MS - EARLY_MS <= now && (candidate + 1) * STEP_MS + LATE_MS - now >= goodForMs,
      );
      if (step !== undefined) {
        this.#lastStep = step;
        return this.codeOf(step);
      }
      await sleep(100);
    }
  }

  /** What it shows in the given thirty seconds, counted since 1970. */
  protected codeOf(step: number): string {
    return generateSync({ secret: this.#secret, epoch: (step * STEP_MS) / 1000 });
  }
}
