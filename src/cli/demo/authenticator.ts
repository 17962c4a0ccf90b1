import { setTimeout as sleep } from 'node:timers/promises';
import { generateSync } from 'otplib';

const STEP_MS = 30_000;

/** Somebody's authenticator app. A code counts once, so a second one within its thirty seconds is waited for. */
export class Authenticator {
  readonly #secret: string;
  #lastStep = 0;

  constructor(secret: string) {
    this.#secret = secret;
  }

  async freshCode(): Promise<string> {
    while (Math.floor(Date.now() / STEP_MS) <= this.#lastStep) await sleep(250);
    const now = Date.now();
    this.#lastStep = Math.floor(now / STEP_MS);
    return generateSync({ secret: this.#secret, epoch: Math.floor(now / 1000) });
  }
}
