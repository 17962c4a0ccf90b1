import { setTimeout as sleep } from 'node:timers/promises';
import { generateSync } from 'otplib';

const STEP_MS = 30_000;
/** A code is taken from a little before its time to a while after it (adapters/otp); a second less, for the way. */
const EARLY_MS = 9_000;
const LATE_MS = 19_000;

/** Somebody's authenticator app by the real clock. No code is shown twice, for none counts twice. */
export class Telephone {
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
        return this.#at(step);
      }
      await sleep(100);
    }
  }

  /** Six digits that it shows at no time near now. */
  wrongCode(): string {
    const current = Math.floor(Date.now() / STEP_MS);
    const near = [-3, -2, -1, 0, 1, 2, 3].map((off) => this.#at(current + off));
    const wrong = ['111111', '222222', '333333', '444444', '555555', '666666', '777777', '888888'].find((code) => !near.includes(code));
    if (wrong === undefined) throw new Error('every candidate is right');
    return wrong;
  }

  #at(step: number): string {
    return generateSync({ secret: this.#secret, epoch: (step * STEP_MS) / 1000 });
  }
}
