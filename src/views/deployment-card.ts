import type { Element, Message, Outcome } from '../chat/message.ts';
import type { Deployment } from '../domain/deployment.ts';
import { isFinal } from '../domain/deployment-state.ts';
import { approvalElements } from './approval.ts';
import { composeMessage, fields, header, quiet, strong, text } from './compose-message.ts';
import { deploymentButtons } from './deployment-buttons.ts';
import { type DeploymentFacts, tookMs } from './deployment-facts.ts';
import { deploymentTone, headline } from './deployment-headline.ts';
import { stageSteps } from './deployment-steps.ts';
import { deploymentTitle } from './deployment-title.ts';
import { failureAdvice } from './failure-advice.ts';
import { outageElements } from './outage.ts';
import { isEmptyPlan } from './plan-elements.ts';
import { serviceProgress } from './service-progress.ts';
import { duration, sentence, shortId } from './wording.ts';

/**
 * The live card. Read from above: what it is, where it stands and what the environment runs, what went wrong and what to do,
 * then the details. It depends on nothing but the facts, so that the same facts give the same card and nothing is rewritten.
 */
export function deploymentCard(facts: DeploymentFacts): Message {
  const { deployment } = facts;
  const card = composeMessage(`${deploymentTitle(deployment)}: ${headline(facts)}`, deploymentTone(deployment), [
    header(deploymentTitle(deployment)),
    strong(headline(facts)),
    // What voided an approval stands in the headline.
    ...(facts.approval?.request.state === 'voided' ? [] : failure(deployment)),
    ...brokenGlass(facts),
    ...outageElements(facts.outage),
    fields([
      ['Change', change(deployment)],
      ['By', deployment.requester.name],
      ['Why', deployment.reason],
    ]),
    ...(facts.approval === null ? [] : approvalElements({ ...facts.approval, deployment })),
    deployment.startedAt === null && deployment.state !== 'queued' ? null : stageSteps(facts),
    ...serviceProgress(deployment, facts.progress),
    opening(deployment),
    eta(facts),
    ending(deployment),
    deploymentButtons(facts),
  ]);
  return { ...card, outcome: outcomeOf(deployment) };
}

/** Said on the card for ever, and until somebody else has looked at it with a button to say so. */
function brokenGlass({ brokenGlass: broken }: DeploymentFacts): readonly (Element | null)[] {
  if (broken === null) return [];
  const { by, reason, signedOff } = broken;
  const seen = signedOff === null ? 'Nobody has looked at it yet.' : `Looked at by ${signedOff.by.name}${noteOf(signedOff.note)}`;
  return [text(`🚨 ${by.name} broke the glass, past approvals and locks: ${sentence(reason)} ${seen}`)];
}

function noteOf(note: string | null): string {
  return note === null ? '.' : `: ${sentence(note)}`;
}

function outcomeOf({ state }: Deployment): Outcome {
  if (!isFinal(state)) return 'pending';
  return state === 'succeeded' ? 'success' : state === 'cancelled' ? 'cancelled' : 'failure';
}

function failure(deployment: Deployment): readonly (Element | null)[] {
  const { failure } = deployment;
  if (failure === null) return [];
  const isNamed = failure.service === null || failure.message.includes(failure.service);
  const where = isNamed ? '' : `${failure.service}: `;
  const isUnderWay = !isFinal(deployment.state);
  return [text(`Reason: ${where}${sentence(failure.message)}`), isUnderWay ? null : text(`Next: ${failureAdvice(deployment)}`)];
}

function change({ previousVersion, version, plan }: Deployment): string {
  if (previousVersion === null) return `first deployment: ${version}`;
  return previousVersion === version
    ? `${version} again, ${isEmptyPlan(plan) ? 'nothing changes' : 'with a changed definition'}`
    : `${previousVersion} → ${version}`;
}

/** What keeps it waiting stands in the headline. */
function opening({ hold }: Deployment): Element | null {
  return hold === undefined || hold.opensAt === null ? null : { type: 'time', label: 'Opens', at: hold.opensAt };
}

/**
 * While it waits for its turn the estimate moves with the clock; whole minutes keep the card from being rewritten all the time. How long
 * people take to decide is not known.
 */
function eta({ deployment, etaAt }: DeploymentFacts): Element | null {
  if (
    etaAt === null ||
    deployment.state === 'awaiting_approval' ||
    deployment.hold !== undefined ||
    isFinal(deployment.state) ||
    deployment.direction === 'back'
  )
    return null;
  const at = deployment.startedAt === null ? Math.ceil(etaAt / 60_000) * 60_000 : etaAt;
  return { type: 'time', label: 'Expected end', at };
}

function ending(deployment: Deployment): Element {
  const ms = tookMs(deployment);
  const parts = [`Deployment ${shortId(deployment.id)}`, ms === null ? null : `took ${duration(ms)}`];
  return quiet(parts.filter((part) => part !== null).join(' · '));
}
