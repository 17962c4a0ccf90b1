import { createFactorPages } from '../../application/second-factor/factor-pages.ts';
import type { Message } from '../../chat/message.ts';
import type { Deployment, Person } from '../../domain/deployment.ts';
import { isRefusal } from '../../domain/refusal.ts';
import { deploymentCard } from '../../views/deployment-card.ts';
import type { OpenedParts } from '../open-parts.ts';
import { Authenticator } from './authenticator.ts';
import type { Stage } from './chapters.ts';
import { type Tour, TourFailed } from './tour.ts';

const VERSION = '1.1.0';
const MOVED = { repo: 'shop/web', tag: VERSION, elsewhere: 'shop/web:1.2.0' } as const;

export type Cast = {
  readonly parts: OpenedParts;
  /** Owner, security, and the developer who asks. */
  readonly ada: Person;
  readonly linus: Person;
  readonly grace: Person;
};

/** Each sets up an authenticator app, as its page would; the tour holds the telephones. */
export async function handOutTelephones({ useCases, screen }: Stage, { parts, ada, linus }: Cast): Promise<readonly Authenticator[]> {
  const pages = createFactorPages(parts);
  const telephones: Authenticator[] = [];
  for (const person of [ada, linus]) {
    const page = await useCases.addFactor({ person, proof: null, source: 'demo' });
    if (!('url' in page)) throw new TourFailed(`${person.name} gets no page to set up a second factor`);
    const token = page.url.slice(page.url.lastIndexOf('/') + 1);
    const visitor = { personId: person.id, browser: `demo-${person.id}` };
    const begun = await pages.begin(token, visitor, 'totp');
    if (isRefusal(begun) || begun.kind !== 'totp') throw new TourFailed(`${person.name} cannot set up an authenticator app`);
    const telephone = new Authenticator(begun.secret);
    const finished = await pages.finish(token, visitor, { kind: 'totp', code: await telephone.code() });
    if (isRefusal(finished)) throw new TourFailed(finished.message);
    telephones.push(telephone);
  }
  screen.passed('Ada and Linus each have an authenticator app');
  return telephones;
}

/** Production: two people agree, each with a code; the requester is none of them; what was approved is what runs, or nothing. */
export async function playProduction(stage: Stage, cast: Cast, telephones: readonly Authenticator[]): Promise<void> {
  const { screen, tour } = stage;
  const [adas, linuses] = telephones;
  if (adas === undefined || linuses === undefined) throw new TourFailed('somebody has no telephone');
  const [ada, linus, grace] = [tour.as(cast.ada), tour.as(cast.linus), tour.as(cast.grace)];

  screen.chapter('Production, with approvals');
  screen.note('An owner and somebody from security have to agree, each with a code. Grace asks, and may not approve it herself.');
  const first = await ask(stage, grace);
  await grace.fillInInVain(await cardOf(stage, first), 'Approve', { code: '000000' }, 'own_request');
  screen.passed('the requester cannot approve');

  screen.note(`Meanwhile somebody pushes another image as ${MOVED.repo}:${MOVED.tag}.`);
  const image = cast.parts.docker.getImage(`${MOVED.repo}:${MOVED.tag}`);
  const { Id: before } = await image.inspect();
  await cast.parts.docker.getImage(MOVED.elsewhere).tag(MOVED);
  try {
    await ada.fillInInVain(await cardOf(stage, first), 'Approve', { code: await adas.code() }, 'request_over');
  } finally {
    await cast.parts.docker.getImage(before).tag(MOVED);
  }
  const voided = await grace.watch({ kind: 'card', deploymentId: first.id });
  if (voided.state !== 'cancelled' || voided.failure?.code !== 'approval_void') throw new TourFailed(`it ended as ${voided.state}`);
  screen.passed('what is approved is what would run: the request is void, and nothing changed');

  screen.note('The image is put right. Grace asks again, and this time both agree.');
  const second = await ask(stage, grace);
  await ada.fillIn(await cardOf(stage, second), 'Approve', { code: await adas.code(), reason: 'looks good' });
  if ((await stateOf(stage, second)) !== 'awaiting_approval') throw new TourFailed('one approval was enough');
  screen.passed('one of two: it waits');
  await linus.fillIn(await cardOf(stage, second), 'Approve', { code: await linuses.code() });
  const done = await grace.watch({ kind: 'card', deploymentId: second.id });
  if (done.state !== 'succeeded') throw new TourFailed(`production ended as ${done.state}: ${done.failure?.message ?? ''}`);
  screen.passed(`production runs ${VERSION}, approved by two, and the audit says by whom and with what`);
}

async function ask(stage: Stage, grace: Tour): Promise<Deployment> {
  const reply = await grace.type(`/deploy shop production ${VERSION} --reason "the new checkout"`);
  if (reply.kind !== 'card') throw new TourFailed(`expected a card, got ${reply.kind}`);
  const details = await stage.useCases.readDeployment(reply.deploymentId);
  if (details?.deployment.state !== 'awaiting_approval')
    throw new TourFailed(`it is ${details?.deployment.state ?? 'gone'} without approval`);
  stage.screen.card(details);
  stage.screen.cardDone();
  return details.deployment;
}

async function stateOf({ useCases }: Stage, { id }: Deployment): Promise<Deployment['state'] | null> {
  return (await useCases.readDeployment(id))?.deployment.state ?? null;
}

async function cardOf({ useCases }: Stage, { id }: Deployment): Promise<Message> {
  const details = await useCases.readDeployment(id);
  if (details === null) throw new TourFailed('the deployment is gone');
  return deploymentCard(details);
}
