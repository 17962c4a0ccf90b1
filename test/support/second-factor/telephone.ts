import { Authenticator } from '../../../src/cli/demo/authenticator.ts';

const STEP_MS = 30_000;

/** Somebody's authenticator app, which knows what would be wrong, too. */
export class Telephone extends Authenticator {
  /** Six digits that it shows at no time near now. */
  wrongCode(): string {
    const current = Math.floor(Date.now() / STEP_MS);
    const near = [-3, -2, -1, 0, 1, 2, 3].map((off) => this.codeOf(current + off));
    const wrong = ['111111', '222222', '333333', '444444', '555555', '666666', '777777', '888888'].find((code) => !near.includes(code));
    if (wrong === undefined) throw new Error('every candidate is right');
    return wrong;
  }
}
