import type { ApprovalPolicy, ApprovalRule } from '../../../src/domain/approval-policy.ts';
import { memberOfCast, NAMES, type Name } from './cast.ts';

/**
 * What approvals promise, as one thing after another happens: no locks, no transactions, nothing stored. Rules are tried by brute
 * force. Whatever really happened, concurrently and in several processes, has to be one order of this.
 */
export type Guest = 'slackGuest' | 'discordGuest';

export type Operation =
  | { readonly does: 'ask'; readonly by: Name; readonly delivery: string; readonly latestWins: boolean }
  | {
      readonly does: 'vote';
      readonly by: Name;
      readonly request: number;
      readonly decision: 'approve' | 'reject';
      readonly step: number | 'wrong' | null;
    }
  | { readonly does: 'withdraw'; readonly by: Name; readonly request: number }
  | { readonly does: 'tend'; readonly request: number; readonly what: 'due' | 'sources' }
  | { readonly does: 'run'; readonly request: number }
  | { readonly does: 'finish'; readonly request: number }
  | { readonly does: 'wait'; readonly ms: number }
  | { readonly does: 'change'; readonly what: keyof Bound; readonly to: string }
  | { readonly does: 'revoke' | 'restore'; readonly who: Name }
  /** The guest's account is taken out of its platform's group, or put back into it. */
  | { readonly does: 'leave' | 'return'; readonly guest: Guest }
  | { readonly does: 'unlink'; readonly guest: Guest }
  | { readonly does: 'link'; readonly guest: Guest; readonly to: Name };

/** What an approval is bound to, beside what the environment runs. */
type Bound = { readonly policyVersion: string; readonly image: string; readonly definition: string };

/** `via`: the guest's account that they spoke from, with its group. */
type ModelVote = { readonly who: Name; readonly via: Guest | null; readonly decision: 'approve' | 'reject' };

type ModelRequest = {
  readonly by: Name;
  readonly delivery: string;
  readonly bound: Bound & { readonly runs: number };
  readonly expiresAt: number;
  readonly notBefore: number;
  state: string;
  deployment: string;
  readonly votes: ModelVote[];
};

export type Model = {
  readonly policy: ApprovalPolicy;
  readonly factors: readonly Name[];
  now: number;
  bound: Bound;
  /** How many releases the environment has run. */
  runs: number;
  readonly revoked: Name[];
  readonly left: Guest[];
  readonly links: { slackGuest?: Name; discordGuest?: Name };
  /** Whose a guest's account was before. */
  readonly pastLinks: { readonly guest: Guest; readonly who: Name }[];
  readonly steps: Partial<Record<Name, number>>;
  readonly tries: Partial<Record<Name, { failures: number; until: number; locks: number }>>;
  readonly requests: ModelRequest[];
};

export function newModel(policy: ApprovalPolicy, factors: readonly Name[], now: number, bound: Bound): Model {
  return { policy, factors, now, bound, runs: 0, revoked: [], left: [], links: {}, pastLinks: [], steps: {}, tries: {}, requests: [] };
}

/** Does it, and says what whoever did it is told. */
export function perform(model: Model, operation: Operation): string {
  switch (operation.does) {
    case 'ask':
      return ask(model, operation.by, operation.delivery, operation.latestWins);
    case 'vote':
      return vote(model, operation);
    case 'withdraw':
      return withdraw(model, operation.by, model.requests[operation.request]);
    case 'tend':
      tend(model, model.requests[operation.request], operation.what);
      return '';
    case 'run':
      return run(model, model.requests[operation.request]) ? 'started' : 'nothing';
    case 'finish': {
      const request = model.requests[operation.request];
      if (request?.deployment !== 'running') return '';
      request.deployment = 'succeeded';
      model.runs += 1;
      return '';
    }
    case 'wait':
      model.now += operation.ms;
      return '';
    case 'change':
      model.bound = { ...model.bound, [operation.what]: operation.to };
      return '';
    case 'revoke':
      if (!model.revoked.includes(operation.who)) model.revoked.push(operation.who);
      return '';
    case 'restore':
      if (model.revoked.includes(operation.who)) model.revoked.splice(model.revoked.indexOf(operation.who), 1);
      return '';
    case 'leave':
      if (!model.left.includes(operation.guest)) model.left.push(operation.guest);
      return '';
    case 'return':
      if (model.left.includes(operation.guest)) model.left.splice(model.left.indexOf(operation.guest), 1);
      return '';
    case 'unlink': {
      const who = model.links[operation.guest];
      if (who !== undefined) model.pastLinks.push({ guest: operation.guest, who });
      delete model.links[operation.guest];
      return '';
    }
    case 'link':
      model.links[operation.guest] ??= operation.to;
      return '';
  }
}

/** What can be seen from outside: each request, its deployment and who voted. */
export function seen({ requests }: Model): string {
  return requests
    .map(({ state, deployment, votes }) => `${state} ${deployment} [${votes.map(({ who, decision }) => `${who} ${decision}`).toSorted()}]`)
    .join('\n');
}

const MAY_ASK = ['owner', 'admin', 'developer'];

function rolesOf(model: Model, who: Name): readonly string[] {
  return model.revoked.includes(who) ? [] : memberOfCast(who).roles;
}

function ask(model: Model, by: Name, delivery: string, latestWins: boolean): string {
  const known = model.requests.findIndex((request) => request.delivery === delivery);
  if (known !== -1) return `asked ${known}`;
  if (!rolesOf(model, by).some((role) => MAY_ASK.includes(role))) return 'may not';
  if (!couldAgree(model, by)) return 'no_approvers';
  const { now, policy, bound, runs } = model;
  if (latestWins) for (const other of model.requests) if (isWaiting(other)) end(other, 'withdrawn', 'cancelled');
  model.requests.push({
    by,
    delivery,
    bound: { ...bound, runs },
    expiresAt: now + policy.expiresAfterMs,
    notBefore: now + policy.waitMs,
    state: 'open',
    deployment: 'awaiting_approval',
    votes: [],
  });
  return `asked ${model.requests.length - 1}`;
}

const isWaiting = ({ deployment }: ModelRequest): boolean => deployment === 'awaiting_approval' || deployment === 'queued';
const isOver = (request: ModelRequest): boolean => !isWaiting(request) && request.deployment !== 'running';

/** Could people who are known by name fill every rule that nobody else can? */
function couldAgree(model: Model, requester: Name): boolean {
  const hasGuests = (['slackGuest', 'discordGuest'] as const).some((guest) => !model.revoked.includes(guest));
  const rules = model.policy.rules.filter(({ from }) => !(hasGuests && from.includes('security')));
  const others = NAMES.filter((name) => name !== requester && memberOfCast(name).listed !== undefined);
  return canFill(
    rules,
    others.map((who) => rules.map((rule) => counts(model, rule, who, null))),
  );
}

/** One person for one place each: is there any way? `fits[person][rule]`. */
function canFill(rules: readonly ApprovalRule[], fits: readonly (readonly boolean[])[]): boolean {
  const places = rules.flatMap(({ count }, rule) => Array.from({ length: count }, () => rule));
  const fill = (place: number, left: readonly number[]): boolean => {
    const rule = places[place];
    if (rule === undefined) return true;
    return left.some(
      (person) =>
        fits[person]?.[rule] === true &&
        fill(
          place + 1,
          left.filter((other) => other !== person),
        ),
    );
  };
  return fill(0, [...fits.keys()]);
}

function counts(model: Model, rule: ApprovalRule, who: Name, via: Guest | null): boolean {
  const isNamed = rule.from.some((name) => rolesOf(model, who).includes(name));
  if (!rule.from.includes('security')) return isNamed;
  const isGuest = (name: Name): name is Guest => memberOfCast(name).account !== undefined;
  const isMember = memberOfCast(who).isSecurity && !model.revoked.includes(who) && !isGuest(who);
  return isNamed || isMember || (via !== null && !model.revoked.includes(via) && !model.left.includes(via));
}

function vote(model: Model, { by, request: index, decision, step }: Extract<Operation, { does: 'vote' }>): string {
  const request = model.requests[index];
  const { who, via } = speaker(model, by);
  const mine = model.policy.rules.map((rule) => counts(model, rule, who, via));
  if (request === undefined || (rolesOf(model, who).length === 0 && !mine.includes(true))) return 'may not';
  if (request.state !== 'open' || isOver(request)) return 'request_over';
  if (model.now >= request.expiresAt) return end(request, 'expired', 'expired');
  if (hasChanged(model, request, ['policyVersion', 'image', 'definition'])) return end(request, 'voided', 'cancelled');
  if (!mine.includes(true)) return 'may not';
  if (mayBeOne(model, who, request.by)) return 'own_request';
  if (decision === 'reject') {
    request.votes.push({ who, via, decision });
    end(request, 'rejected', 'rejected');
    return 'rejected';
  }
  if (request.votes.some((other) => other.decision === 'approve' && mayBeOne(model, other.who, who))) return 'already_voted';
  const unproven = model.policy.secondFactor ? prove(model, who, step) : null;
  if (unproven !== null) return unproven;
  request.votes.push({ who, via, decision });
  if (!isEnough(model, request)) return 'counted';
  request.state = 'approved';
  if (model.now >= request.notBefore) request.deployment = 'queued';
  return 'approved';
}

function speaker({ links }: Model, by: Name): { who: Name; via: Guest | null } {
  if (by !== 'slackGuest' && by !== 'discordGuest') return { who: by, via: null };
  return { who: links[by] ?? by, via: by };
}

function end(request: ModelRequest, state: string, deployment: string): string {
  request.state = state;
  if (isWaiting(request)) request.deployment = deployment;
  return 'request_over';
}

function hasChanged(model: Model, { bound }: ModelRequest, what: readonly (keyof Bound)[]): boolean {
  return bound.runs !== model.runs || what.some((one) => bound[one] !== model.bound[one]);
}

/** Everyone who agreed, is somebody of their own and may still do so; is there a place for each that has to be filled? */
function isEnough(model: Model, request: ModelRequest): boolean {
  const counted: Name[] = [];
  const fits: boolean[][] = [];
  for (const { who, via, decision } of request.votes) {
    if (decision !== 'approve' || mayBeOne(model, who, request.by) || counted.some((other) => mayBeOne(model, other, who))) continue;
    const own = model.policy.rules.map((rule) => counts(model, rule, who, via));
    if (!own.includes(true)) continue;
    counted.push(who);
    fits.push(own);
  }
  return canFill(model.policy.rules, fits);
}

function accountsOf({ links, pastLinks }: Model, who: Name): readonly string[] {
  const { listed = {}, account } = memberOfCast(who);
  const guests = (['slackGuest', 'discordGuest'] as const).filter(
    (guest) => guest === who || links[guest] === who || pastLinks.some((past) => past.guest === guest && past.who === who),
  );
  const own = account === undefined ? Object.entries(listed).map(([platform, id]) => `${platform}:${id}`) : [];
  return [...own, ...guests.map((guest) => `${memberOfCast(guest).account?.platform}:${memberOfCast(guest).account?.id}`)];
}

/** Two humans only when the file says so, or when both have an account where one human has one. */
function mayBeOne(model: Model, a: Name, b: Name): boolean {
  if (a === b) return true;
  const [ofA, ofB] = [accountsOf(model, a), accountsOf(model, b)];
  if (ofA.some((account) => ofB.includes(account))) return true;
  if (memberOfCast(a).listed !== undefined && memberOfCast(b).listed !== undefined) return false;
  const realm = (account: string): string => account.split('/')[0]?.replace(/^discord:.*/, 'discord') ?? '';
  return !ofA.some((account) => ofB.some((other) => realm(account) === realm(other)));
}

const MOST_FAILURES = 5;
const LOCKED_MS = 15 * 60_000;
const DAY_MS = 24 * 3_600_000;

/** Null when it is proved. */
function prove(model: Model, who: Name, step: number | 'wrong' | null): string | null {
  const tries = model.tries[who] ?? { failures: 0, until: 0, locks: 0 };
  if (tries.until > model.now) return 'factor_locked';
  if (!model.factors.includes(who)) return 'factor_required';
  if (step === null) return 'asks for a factor';
  if (step === 'wrong') {
    const isLast = tries.failures + 1 >= MOST_FAILURES;
    // Four times as long as the one before when that ended within a day.
    const locks = tries.until > 0 && model.now - tries.until < DAY_MS ? tries.locks + 1 : 1;
    model.tries[who] = isLast
      ? { failures: 0, until: model.now + Math.min(LOCKED_MS * 4 ** (locks - 1), DAY_MS), locks }
      : { ...tries, failures: tries.failures + 1 };
    return isLast ? 'factor_locked' : 'wrong_code';
  }
  if (step <= (model.steps[who] ?? 0)) return 'code_used';
  model.steps[who] = step;
  model.tries[who] = { failures: 0, until: 0, locks: 0 };
  return null;
}

function withdraw(model: Model, by: Name, request: ModelRequest | undefined): string {
  const roles = rolesOf(model, by);
  if (request === undefined || roles.length === 0) return 'may not';
  if (isOver(request)) return 'already_finished';
  if (!roles.some((role) => MAY_ASK.includes(role))) return 'may not';
  if (request.state === 'open' || request.state === 'approved') request.state = 'withdrawn';
  if (request.deployment === 'running') return 'taking_back';
  request.deployment = 'cancelled';
  return 'cancelled';
}

function tend(model: Model, request: ModelRequest | undefined, what: 'due' | 'sources'): void {
  if (request?.state !== 'open' && request?.state !== 'approved') return;
  if (what === 'sources') {
    const mayAsk = rolesOf(model, request.by).some((role) => MAY_ASK.includes(role));
    if (!mayAsk || hasChanged(model, request, ['policyVersion', 'image', 'definition'])) end(request, 'voided', 'cancelled');
  } else if (isOver(request)) request.state = 'withdrawn';
  else if (model.now >= request.expiresAt) end(request, 'expired', 'expired');
  else if (request.state === 'approved' && model.now >= request.notBefore) request.deployment = 'queued';
}

/** The images are part of the plan, so a tag or a file that changed changes nothing here. */
function run(model: Model, request: ModelRequest | undefined): boolean {
  const isFirst = !model.requests.some(({ deployment }) => deployment === 'running');
  if (request === undefined || !isFirst || model.requests.find(({ deployment }) => deployment === 'queued') !== request) return false;
  const mayAsk = rolesOf(model, request.by).some((role) => MAY_ASK.includes(role));
  if (model.now >= request.expiresAt) end(request, 'expired', 'expired');
  else if (hasChanged(model, request, ['policyVersion']) || !mayAsk || !isEnough(model, request)) end(request, 'voided', 'cancelled');
  else {
    request.state = 'used';
    request.deployment = 'running';
  }
  return request.deployment === 'running';
}
