import type { DeploymentDetails } from '../application/use-cases.ts';
import type { BrokenGlass } from '../domain/broken-glass.ts';
import { humanBehind } from '../domain/machine.ts';
import { rolesThatMay } from '../domain/permissions.ts';
import { reviewReminder, signedOffView } from '../views/broken-glass.ts';
import { peopleOf } from './people-of.ts';
import { type TellParts, tellPerson } from './tell-person.ts';

const HOUR_MS = 3_600_000;
/** Whoever is in the middle of an incident looks at it afterwards: not at once, and then every day until somebody has. */
const FIRST_MS = HOUR_MS;
const AGAIN_MS = 24 * HOUR_MS;

/**
 * Reminds whoever may sign off broken glass, and did not break it, an hour later and then once a day. The same reminder again writes
 * nothing, so that any number of processes may do this; `done` saves this one the asking.
 */
export async function remindReviewers(parts: TellParts, done: Set<string>): Promise<void> {
  const now = parts.clock.now();
  for (const broken of await parts.database.stores.brokenGlass.open(Object.keys(parts.workspace().apps))) {
    if (now < broken.at + FIRST_MS) continue;
    const turn = Math.floor((now - broken.at - FIRST_MS) / AGAIN_MS);
    const name = `${reviewKey(broken.deploymentId)}${turn}`;
    if (done.has(name)) continue;
    const reviewers = await peopleOf(parts, broken.app, rolesThatMay('review'));
    for (const id of reviewers.filter((one) => one !== humanBehind(broken.by.id))) {
      await tellPerson(parts, id, `${name}:${id}`, reviewReminder(broken));
    }
    done.add(name);
  }
}

/** Once somebody has looked at it, every reminder says so. */
export async function projectReview(parts: TellParts, { brokenGlass }: Pick<DeploymentDetails, 'brokenGlass'>): Promise<void> {
  if (brokenGlass === null || brokenGlass.signedOff === null) return;
  const content = signedOffView(brokenGlass);
  for (const where of await parts.database.stores.messages.standing(reviewKey(brokenGlass.deploymentId))) {
    await parts.database.transact(async (stores) => {
      const message = { ...where, threadRoot: null, author: { kind: 'bot' }, content, at: parts.clock.now() } as const;
      const { message: stored, changed } = await stores.messages.upsert(message);
      if (changed) await parts.database.notify(stores, 'message', stored.id);
    });
  }
}

function reviewKey(deploymentId: BrokenGlass['deploymentId']): string {
  return `review:${deploymentId}:`;
}
