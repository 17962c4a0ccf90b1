import { formatAction } from '../chat/action-id.ts';
import { assertNever, type Button, type Element, type Message, type Tone } from '../chat/message.ts';
import type { Vote } from '../domain/approval.ts';
import type { ApprovalBackground, ApprovalFacts, RuleFacts, Trial } from '../domain/approval-facts.ts';
import type { Deployment } from '../domain/deployment.ts';
import type { RiskFlag } from '../domain/risk.ts';
import { commitsElements, commitsField, commitsWarning } from './commits.ts';
import { composeMessage, fields, header, quiet, strong, text } from './compose-message.ts';
import { deploymentTitle } from './deployment-title.ts';
import { isEmptyPlan, planSummary } from './plan-elements.ts';
import { count, duration, names, sentence, shortId, utcTime } from './wording.ts';

export type ApprovalCardFacts = ApprovalFacts & { readonly deployment: Deployment };

/**
 * The copy that each approver gets alone: everything to decide by, on a phone; once it is over, who decided and why. Whoever may not
 * decide any more gets no button to do so.
 */
export function approvalMessage(facts: ApprovalCardFacts, mayDecide = true): Message {
  const { deployment, request } = facts;
  const line = approvalLine(facts);
  const isOpen = request.state === 'open';
  return composeMessage(`${deploymentTitle(deployment)}: ${line}`, toneOf(facts), [
    header(deploymentTitle(deployment)),
    strong(line),
    fields([
      ['Asked by', request.requester.name],
      ['Why', deployment.reason],
    ]),
    ...(isOpen ? whatChanges(facts) : []),
    ...decisions(facts),
    isOpen ? { type: 'time', label: 'Expires', at: request.expiresAt } : null,
    quiet(`Deployment ${shortId(deployment.id)} · plan ${deployment.planHash.slice(0, 12)}`),
    isOpen ? { type: 'buttons', buttons: buttonsFor(facts, mayDecide) } : null,
  ]);
}

export type NudgeKind = 'reminder' | 'escalation';

/**
 * The reminder and the escalation are messages of their own, for a message that is edited makes no sound. Once the request is over
 * they say how it ended; to whoever has decided, or may not, they offer nothing to decide.
 */
export function approvalNudge(facts: ApprovalCardFacts, kind: NudgeKind, mayDecide = true): Message {
  const { deployment, request } = facts;
  const asked = text(`${request.requester.name} asked${deployment.reason === null ? '' : `: ${deployment.reason}`}`);
  if (request.state !== 'open') {
    const line = `${deploymentTitle(deployment)}: ${approvalLine(facts)}`;
    return composeMessage(line, toneOf(facts), [strong(line), asked, ...decisions(facts)]);
  }
  const title = `${titleOf(kind, facts, mayDecide)}: ${deploymentTitle(deployment)}`;
  return composeMessage(title, 'warning', [
    strong(`⏰ ${title}`),
    asked,
    text(missingLine(facts.rules)),
    { type: 'time', label: 'Expires', at: request.expiresAt },
    { type: 'buttons', buttons: buttonsFor(facts, mayDecide) },
  ]);
}

function titleOf(kind: NudgeKind, { votes }: ApprovalCardFacts, mayDecide: boolean): string {
  if (kind === 'reminder') return mayDecide ? 'Still waits for you' : 'Still waits for others';
  return votes.length === 0 ? 'Nobody has decided yet' : 'Not everybody has decided yet';
}

/** What the deployment's own card says of it, between what it is and its buttons. */
export function approvalElements(facts: ApprovalCardFacts): readonly (Element | null)[] {
  const isOpen = facts.request.state === 'open';
  return [
    ...(isOpen ? whatChanges(facts) : []),
    ...decisions(facts),
    isOpen ? { type: 'time', label: 'Approval expires', at: facts.request.expiresAt } : null,
  ];
}

/** `1 of 2 approvals; security still has to agree`. */
export function approvalLine(facts: ApprovalCardFacts): string {
  const { request, rules, deployment } = facts;
  const because = request.closed?.because ?? null;
  const by = request.closed?.by?.name ?? 'somebody';
  switch (request.state) {
    case 'open': {
      const wanted = rules.reduce((sum, rule) => sum + rule.count, 0);
      const filled = rules.reduce((sum, rule) => sum + rule.filled, 0);
      return `🔐 Waiting for approval: ${filled} of ${wanted}.`;
    }
    case 'approved':
      return deployment.state === 'awaiting_approval' ? '✅ Approved; it starts when its waiting time is over.' : '✅ Approved.';
    case 'used':
      return '✅ Approved, and started.';
    case 'rejected':
      return `⛔ Rejected by ${by}${because === null ? '.' : `: ${sentence(because)}`}`;
    case 'expired':
      return `⌛ Expired: ${sentence(because ?? 'nobody decided in time')}`;
    case 'withdrawn':
      return `⏹️ Withdrawn${request.closed?.by == null ? '' : ` by ${by}`}${because === null ? '' : `: ${because}`}.`;
    case 'voided':
      return `🚫 Void: ${sentence(because ?? 'something that it was bound to changed')}`;
    default:
      return assertNever(request.state);
  }
}

function toneOf({ request }: ApprovalCardFacts): Tone {
  switch (request.state) {
    case 'open':
      return 'progress';
    case 'approved':
    case 'used':
      return 'success';
    case 'rejected':
    case 'voided':
      return 'danger';
    case 'expired':
    case 'withdrawn':
      return 'warning';
    default:
      return assertNever(request.state);
  }
}

export function approvalButtons({ request, deployment }: ApprovalCardFacts): readonly Button[] {
  const button = (verb: string, label: string, style: Button['style']): Button => ({
    action: formatAction(verb, request.id),
    label,
    style,
    confirm: null,
  });
  return [
    button('approve', `Approve ${deployment.version}…`, 'primary'),
    button('reject', 'Reject…', 'danger'),
    button('ask', 'Ask…', 'normal'),
    viewPlan(deployment),
  ];
}

function viewPlan({ id }: Deployment): Button {
  return { action: formatAction('view-plan', id), label: 'View plan', style: 'normal', confirm: null };
}

function buttonsFor(facts: ApprovalCardFacts, mayDecide: boolean): readonly Button[] {
  return mayDecide ? approvalButtons(facts) : [viewPlan(facts.deployment)];
}

function whatChanges({ deployment, background }: ApprovalCardFacts): readonly (Element | null)[] {
  const { plan } = deployment;
  const images = plan.services.flatMap(({ service, action, pinnedImage }) =>
    action === 'unchanged' || action === 'remove' ? [] : [`${service} ${digestOf(pinnedImage)}`],
  );
  const keys = [...new Set(plan.services.flatMap(({ changes }) => changes.map(({ path }) => path)))].filter((path) => path !== 'image');
  const { commits } = background;
  const warning = commits === null ? null : commitsWarning(commits, deployment.kind === 'rollback');
  return [
    fields([
      ['Changes', isEmptyPlan(plan) ? 'nothing: it runs exactly this already' : planSummary(plan)],
      ['Settings', keys.length === 0 ? null : names(keys, 8)],
      ['Commits', commits === null ? null : commitsField(commits)],
      ['Tried', background.trial === null ? null : triedText(background.trial, deployment.requestedAt)],
      ['A rollback', background.wayBack === null ? 'leads nowhere: nothing ran here before' : wayBack(background.wayBack)],
    ]),
    warning === null ? null : text(`⚠️ ${warning}`),
    ...background.risks.map((risk) => text(`⚠️ ${riskText(risk)}`)),
    ...(commits === null ? [] : commitsElements(commits)),
    // A line and no field: on a phone a list of digests in bold would push who asks, and why, out of sight.
    images.length === 0 ? null : quiet(`Images: ${names(images, 6)}`),
  ];
}

function decisions({ votes, rules, request }: ApprovalCardFacts): readonly (Element | null)[] {
  const lines = votes.map(voteLine);
  const isOpen = request.state === 'open';
  return [lines.length === 0 ? null : text(lines.join('\n')), isOpen ? text(missingLine(rules)) : null];
}

const FACTORS: Readonly<Record<string, string>> = { totp: 'code', passkey: 'passkey', recovery_code: 'recovery code' };

function voteLine({ person, decision, factor, reason }: Vote): string {
  const by = factor === null ? '' : ` (${FACTORS[factor] ?? factor})`;
  const why = reason === null ? '' : `: ${sentence(reason)}`;
  return decision === 'approve' ? `✅ ${person.name} approved${by}${why}` : `⛔ ${person.name} rejected${why}`;
}

/** “Who can unblock this now?” */
export function missingLine(rules: readonly RuleFacts[]): string {
  return rules
    .filter(({ count: wanted, filled }) => filled < wanted)
    .map(({ count: wanted, filled, from, open, hasPlatformGroup }) => {
      const who = [...open.map(({ name }) => name), ...(hasPlatformGroup ? ['members of its group'] : [])];
      const can = who.length === 0 ? 'nobody can' : names(who, 5);
      const of = from.length > 3 ? names(from, 3) : from.join(' or ');
      return `⏳ ${wanted - filled} more of ${of}: ${can}`;
    })
    .join('\n');
}

function triedText(trial: Trial, at: number): string {
  const { environment, since, until, wasRolledBack } = trial;
  if (until === null) return `runs in ${environment} since ${utcTime(since, at)} UTC`;
  return `ran in ${environment} for ${duration(until - since)}${wasRolledBack ? ', and was rolled back' : ''}`;
}

function wayBack({ version, revision }: NonNullable<ApprovalBackground['wayBack']>): string {
  return `leads to ${version} (revision ${revision})`;
}

function riskText(risk: RiskFlag): string {
  switch (risk.kind) {
    case 'first_deployment':
      return 'Nothing runs there yet: this is the first deployment.';
    case 'large':
      return `A large change: ${count(risk.services, 'service')}, ${count(risk.changes, 'setting')}.`;
    case 'irreversible':
      return `Runs ${names(risk.names)}, which a rollback does not undo.`;
    case 'removes':
      return `Removes ${names(risk.names)}.`;
    case 'untried':
      return 'This very release has not run anywhere else.';
    case 'rolled_back_elsewhere':
      return `It was rolled back in ${risk.environment}.`;
    case 'outside_hours':
      return 'Asked for outside working hours.';
    default:
      return assertNever(risk);
  }
}

function digestOf(pinnedImage: string): string {
  const [digest] = /sha256:[0-9a-f]{12}/.exec(pinnedImage) ?? [];
  return digest?.slice('sha256:'.length) ?? 'not pinned';
}
