import { randomUUID } from 'node:crypto';
import { breakGlass, signOff } from '../../../src/application/approvals/break-glass.ts';
import { decideApproval } from '../../../src/application/approvals/decide-approval.ts';
import { tendApprovals } from '../../../src/application/approvals/tend-approvals.ts';
import { cancelDeployment } from '../../../src/application/cancel-deployment.ts';
import type { Parts } from '../../../src/application/parts.ts';
import { requestDeployment } from '../../../src/application/request-deployment.ts';
import { requestRollback } from '../../../src/application/request-rollback.ts';
import { runDeployment } from '../../../src/application/run-deployment.ts';
import type { RequestedDeployment } from '../../../src/application/use-cases.ts';
import type { ApprovalPolicy } from '../../../src/domain/approval-policy.ts';
import { isFactorRequest, type Proof } from '../../../src/domain/confirmation.ts';
import type { Deployment, Person } from '../../../src/domain/deployment.ts';
import type { MembershipReading } from '../../../src/domain/membership.ts';
import { ROLES, type Role } from '../../../src/domain/permissions.ts';
import { isRefusal, type Refusal } from '../../../src/domain/refusal.ts';
import type { AppSource } from '../../../src/ports/app-source.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Database, LeaseStore, Stores } from '../../../src/ports/database.ts';
import { RegistryUnavailableError } from '../../../src/ports/faults.ts';
import type { ImageResolver } from '../../../src/ports/image-resolver.ts';
import type { MembershipStore } from '../../../src/ports/membership-store.ts';
import type { OneTimeCodes } from '../../../src/ports/one-time-codes.ts';
import type { Orchestrator } from '../../../src/ports/orchestrator.ts';
import type { DeploymentQueue } from '../../../src/ports/queue.ts';
import { factorBinding } from '../../../src/ports/sealed-bindings.ts';
import type { EnvironmentConfig, Workspace } from '../../../src/ports/workspace.ts';
import { anApp, anEnvironment, anObservedStack, aService, aStack, aWorkspace } from '../builders.ts';
import { only, someParts } from '../builders-parts.ts';
import { SEALER } from '../second-factor/person-with-factors.ts';
import { idOf, memberOfCast, NAMES, type Name, peopleOf, personOf, securityOf } from './cast.ts';

const ENVIRONMENT = 'production';
const START = Date.UTC(2026, 10, 21, 12);
/** Thrown where a deployment has started, or is taken over: what an engine would do then is not what is looked at here. */
class Stopped extends Error {}

export type LabOptions = {
  readonly policy: ApprovalPolicy;
  readonly environment?: Partial<EnvironmentConfig>;
  /** Who has an authenticator app. */
  readonly factors?: readonly Name[];
};

export type AskOptions = {
  readonly view?: number;
  readonly delivery?: string;
  readonly latestWins?: boolean;
  /** Instead of how the name's owner speaks. */
  readonly person?: Person;
  readonly version?: string;
};

export type VoteOptions = {
  /** A code by its time step; null brings none, and `'wrong'` is none that was ever shown. */
  readonly step?: number | 'wrong' | null;
  readonly reason?: string | null;
  /** Instead of how the name's owner speaks. */
  readonly person?: Person;
};

/**
 * One app with one protected environment on the real database: the use cases, the tender and the worker are the real ones, and what
 * they ask of files, registry and engine is what the test says it is. Every call may come from another process (`view`).
 */
export class ApprovalLab {
  readonly suffix = randomUUID().replaceAll('-', '').slice(0, 12);
  readonly app = `shop-${this.suffix}`;
  readonly stack = `${this.app}-${ENVIRONMENT}`;
  /** In the order in which they were asked for. */
  readonly asked: string[] = [];
  /** Ids of deployments, each time that one started. */
  readonly started: string[] = [];
  /** How often a code was compared with a secret. */
  evaluated = 0;
  now = START;
  /** Each is part of what is approved; a test changes them as a person would. */
  policyVersion = 'policy-1';
  image = 'first';
  definition = 'first';
  isRegistryAway = false;
  /** `shipmate.yml` does not name the environment any more. */
  isForgotten = false;
  /** Chat platforms say nothing about their groups. */
  arePlatformsAway = false;
  /** Who was taken out of their platform's group; what `shipmate.yml` says of the group stays. */
  readonly left = new Set<Name>();
  /** What happens while a definition is read. */
  whileReading: () => void = () => undefined;
  environment: EnvironmentConfig;
  readonly roles: Record<Role, string[]>;
  readonly people: Record<string, Workspace['people'][string]>;
  readonly security: string[];
  readonly policy: ApprovalPolicy;
  readonly #views: readonly Database[];

  private constructor(views: readonly Database[], { policy, environment }: LabOptions) {
    this.#views = views;
    this.policy = policy;
    this.environment = anEnvironment(ENVIRONMENT, { protected: true, approvals: policy, ...environment });
    this.people = { ...peopleOf(this.suffix) };
    this.security = [...securityOf(this.suffix)];
    const holders = (role: Role) => NAMES.filter((name) => memberOfCast(name).roles.includes(role)).map((name) => this.idOf(name));
    this.roles = {
      owner: holders('owner'),
      admin: holders('admin'),
      developer: holders('developer'),
      viewer: holders('viewer'),
      incident: [],
    };
  }

  static async open(views: readonly Database[], options: LabOptions): Promise<ApprovalLab> {
    const lab = new ApprovalLab(views, options);
    await Promise.all((options.factors ?? []).map((name) => lab.giveFactor(lab.idOf(name))));
    return lab;
  }

  idOf(name: Name): string {
    return idOf(name, this.suffix);
  }

  async giveFactor(personId: string): Promise<void> {
    const owner = { id: randomUUID(), personId };
    const sealed = SEALER.seal(Buffer.from('secret'), factorBinding(owner));
    const factor = { kind: 'totp', ...owner, name: 'App', sealed, lastStep: 0, createdAt: 0, lastUsedAt: null } as const;
    await this.stores.factors.insert(factor);
  }

  get stores(): Stores {
    return this.database().stores;
  }

  database(view = 0): Database {
    const database = this.#views[view % this.#views.length];
    if (database === undefined) throw new Error('a lab has a database');
    const behind = new WeakMap<Stores, Stores>();
    const asRead = (stores: Stores): Stores => {
      const memberships = over(stores.memberships, { of: async (all) => this.#readings(all) });
      const read = over(stores, { memberships });
      behind.set(read, stores);
      return read;
    };
    const transact: Database['transact'] = (work) => database.transact((stores) => work(asRead(stores)));
    const notify: Database['notify'] = (stores, topic, id) => database.notify(behind.get(stores) ?? stores, topic, id);
    return over(database, { stores: asRead(database.stores), transact, notify });
  }

  /** What the server has kept a moment ago, of these accounts. */
  #readings(accounts: Parameters<MembershipStore['of']>[0]): readonly MembershipReading[] {
    if (this.arePlatformsAway) return [];
    const guests = NAMES.flatMap((name) => {
      const { account, groups = [] } = personOf(name, this.suffix);
      return account === undefined ? [] : [{ account, groups: this.left.has(name) ? [] : groups }];
    });
    return accounts.flatMap(({ platform, account }) =>
      guests
        .filter((guest) => guest.account.platform === platform && guest.account.id === account)
        .map(({ groups }) => ({ platform, account, groups, readAt: this.now })),
    );
  }

  set(changed: Partial<Pick<ApprovalLab, 'policyVersion' | 'image' | 'definition'>>): void {
    Object.assign(this, changed);
  }

  /** Takes every role away, and the membership in groups; `restore` gives them back. */
  revoke(name: Name): void {
    const gone = memberOfCast(name).group ?? this.idOf(name);
    for (const role of ROLES) this.roles[role] = this.roles[role].filter((id) => id !== gone);
    if (this.security.includes(gone)) this.security.splice(this.security.indexOf(gone), 1);
  }

  restore(name: Name): void {
    this.revoke(name);
    const { roles, isSecurity, group } = memberOfCast(name);
    for (const role of roles) this.roles[role].push(this.idOf(name));
    if (isSecurity) this.security.push(group ?? this.idOf(name));
  }

  /** The guest's account is this person's from now on, as `/link` would make it. */
  async link(guest: 'slackGuest' | 'discordGuest', owner: Name): Promise<boolean> {
    const { account } = personOf(guest, this.suffix);
    if (account === undefined) throw new Error(`${guest} speaks from an account`);
    const { platform, id, name } = account;
    return this.stores.identities.link({ platform, account: id, name, personId: this.idOf(owner), linkedAt: this.now });
  }

  /** As `/unlink` would. */
  async unlink(guest: 'slackGuest' | 'discordGuest'): Promise<void> {
    const { account } = personOf(guest, this.suffix);
    if (account !== undefined) await this.stores.identities.unlink(account.platform, account.id);
  }

  async ask(
    name: Name,
    { view = 0, delivery = randomUUID(), latestWins = false, version = '1.0.0', person = personOf(name, this.suffix) }: AskOptions = {},
  ): Promise<string> {
    const answer = await requestDeployment(this.parts(view), {
      person,
      app: this.app,
      environment: ENVIRONMENT,
      version,
      reason: null,
      latestWins,
      origin: { platform: 'web', channel: 'ops', deliveryId: `${this.suffix}:${delivery}` },
    });
    if (isRefusal(answer)) return answer.refused;
    if (!this.asked.includes(answer.deployment.id)) this.asked.push(answer.deployment.id);
    return `asked ${this.asked.indexOf(answer.deployment.id)}`;
  }

  /** Asked for by somebody who may, or the test is wrong. */
  async asks(name: Name, options: AskOptions = {}): Promise<Deployment> {
    const said = await this.ask(name, options);
    const deployment = await this.stores.deployments.find(this.asked.at(-1) ?? '');
    if (deployment === null || !said.startsWith('asked')) throw new Error(`${name} could not ask: ${said}`);
    return deployment;
  }

  async vote(name: Name, index: number, decision: 'approve' | 'reject', options: VoteOptions = {}, view = 0): Promise<string> {
    const { step = null, reason = 'because', person = await this.speaks(name) } = options;
    const proof = proofOf(step);
    const request = this.asked[index] ?? 'none';
    const answer = await decideApproval(this.parts(view), { person, request, decision, reason, proof, source: 'web:ops' });
    if (isFactorRequest(answer)) return 'asks for a factor';
    return isRefusal(answer) ? answer.refused : answer.outcome;
  }

  /** As whom they are known now: a linked account speaks for its person, with the groups it is in. */
  async speaks(name: Name): Promise<Person> {
    const person = this.left.has(name) ? { ...personOf(name, this.suffix), groups: [] } : personOf(name, this.suffix);
    const { account } = person;
    const linked = account === undefined ? null : await this.stores.identities.personOf(account.platform, account.id);
    return linked === null ? person : { ...person, id: linked };
  }

  /** To the last good revision, or to another one. */
  async rollBack(name: Name, to: string | null = null): Promise<string> {
    return this.#queued(await requestRollback(this.parts(), { ...this.#target(name), to, reason: null }));
  }

  async breakGlass(name: Name, { reason, step = null }: { reason: string; step?: number | 'wrong' | null }): Promise<string> {
    const answer = await breakGlass(this.parts(), { ...this.#target(name), version: '2.0.0', reason, proof: proofOf(step) });
    return isFactorRequest(answer) ? 'asks for a factor' : this.#queued(answer);
  }

  async signOff(name: Name, index: number): Promise<string> {
    const person = personOf(name, this.suffix);
    const answer = await signOff(this.parts(), { person, deploymentId: this.asked[index] ?? 'none', note: null, source: 'web:ops' });
    return isRefusal(answer) ? answer.refused : 'signed off';
  }

  #target(name: Name) {
    const origin = { platform: 'web', channel: 'ops', deliveryId: randomUUID() };
    return { person: personOf(name, this.suffix), app: this.app, environment: ENVIRONMENT, origin };
  }

  /** `on_call queued`: why it may run, and whether it may. */
  #queued(answer: RequestedDeployment | Refusal): string {
    if (isRefusal(answer)) return answer.refused;
    this.asked.push(answer.deployment.id);
    return `${answer.deployment.clearance} ${answer.deployment.state}`;
  }

  async withdraw(name: Name, index: number, view = 0): Promise<string> {
    const person = personOf(name, this.suffix);
    const answer = await cancelDeployment(this.parts(view), {
      person,
      target: { deployment: this.asked[index] ?? 'none' },
      source: 'web:ops',
    });
    return isRefusal(answer) ? answer.refused : answer.effect;
  }

  /** One round of what keeps requests true, over this request only: ends and starts what is due, or compares with the sources. */
  async tend(index: number, what: 'due' | 'sources', view = 0): Promise<void> {
    const stop = new AbortController();
    const parts = this.parts(view);
    const clock: Clock = { now: () => this.now, sleep: async () => stop.abort() };
    const { stores } = parts.database;
    const isThis = ({ deploymentId }: { deploymentId: string }): boolean => deploymentId === this.asked[index];
    const approvals = over(stores.approvals, {
      due: async (now: number) => (what === 'due' ? (await stores.approvals.due(now, MANY)).filter(isThis) : []),
      live: async () => (what === 'sources' ? (await stores.approvals.live('', MANY)).filter(isThis) : []),
    });
    const failed: unknown[] = [];
    const logger = { ...parts.logger, warn: (facts: object) => void failed.push(facts) };
    await tendApprovals({ ...parts, logger, clock, database: over(parts.database, { stores: over(stores, { approvals }) }) }, stop.signal);
    if (failed.length > 0) throw new Error('the tender failed', { cause: failed[0] });
  }

  /** A worker that is woken for this deployment; true when it started by that. `meanwhile`: before it has the lease. */
  async run(index: number, view = 0, meanwhile: () => Promise<unknown> = async () => undefined): Promise<boolean> {
    const id = this.asked[index] ?? 'none';
    let isStarted = false;
    const failpoints = {
      hit: async (name: string) => {
        if (name !== 'started') return;
        isStarted = true;
        this.started.push(id);
        throw new Stopped();
      },
    };
    const database = this.database(view);
    const { leases } = database.stores;
    const acquire: LeaseStore['acquire'] = async (...request) => {
      await meanwhile();
      return leases.acquire(...request);
    };
    const stores = over(database.stores, { leases: over(leases, { acquire }) });
    const parts = { ...this.parts(view), database: over(database, { stores }), failpoints, holder: randomUUID() };
    await runDeployment(parts, id, new AbortController().signal).catch((error: unknown) => {
      if (!(error instanceof Stopped)) throw error;
    });
    return isStarted;
  }

  /** What runs succeeds: its release is what the environment runs from now on. */
  async finish(index: number): Promise<void> {
    const deployment = await this.stores.deployments.find(this.asked[index] ?? '');
    if (deployment?.state !== 'running') return;
    await this.database().transact(async ({ deployments, releases }) => {
      await deployments.transition(deployment.id, 'running', 'succeeded', { finishedAt: this.now }, null);
      await releases.openRevision(this.stack, deployment.releaseId, deployment.version, deployment.id, this.now);
    });
  }

  /** The environment has run it, whoever had to be asked. */
  async ran(version: string): Promise<void> {
    const { environment } = this;
    this.environment = { ...environment, protected: false, approvals: null };
    const { id } = await this.asks('olga', { version });
    this.environment = environment;
    await this.stores.deployments.transition(id, 'queued', 'running', { startedAt: this.now }, null);
    await this.finish(this.asked.indexOf(id));
  }

  async deployment(index: number): Promise<Deployment> {
    const found = await this.stores.deployments.find(this.asked[index] ?? '');
    if (found === null) throw new Error(`nothing was asked for as number ${index}`);
    return found;
  }

  async request(index: number) {
    const found = await this.stores.approvals.findByDeployment(this.asked[index] ?? '');
    if (found === null) throw new Error(`nobody was asked about number ${index}`);
    return found;
  }

  /** `open awaiting_approval`: the request and its deployment. */
  async stateOf(index: number): Promise<string> {
    const [request, deployment] = await Promise.all([this.request(index), this.deployment(index)]);
    return `${request.state} ${deployment.state}`;
  }

  parts(view = 0): Parts {
    const database = this.database(view);
    return someParts({
      database,
      // Nothing sleeps but what renews a lease, until the lease is let go.
      clock: { now: () => this.now, sleep: (_, signal) => new Promise((resolve) => signal?.addEventListener('abort', () => resolve())) },
      sealer: SEALER,
      oneTimeCodes: only<OneTimeCodes>('oneTimeCodes', { stepOf: (code) => this.#stepOf(code) }),
      notices: { tell: async () => undefined },
      queue: only<DeploymentQueue>('queue', { wake: async () => undefined }),
      workspace: () => this.#workspace(),
      source: only<AppSource>('source', { read: async ({ version }) => this.#read(version) }),
      orchestrator: only<Orchestrator>('orchestrator', {
        adapt: async (spec) => ({ spec, notes: [] }),
        observe: async (stack) => anObservedStack({ stack }),
        claim: () => Promise.reject(new Stopped()),
      }),
      images: only<ImageResolver>('images', {
        tags: async () => [],
        resolve: async (reference) => this.#resolve(reference),
      }),
    });
  }

  #stepOf(code: string): number | null {
    this.evaluated += 1;
    return code === '999999' ? null : Number(code);
  }

  #read(version: string | null): Awaited<ReturnType<AppSource['read']>> {
    this.whileReading();
    const web = { ...aService('web', { environment: { DEFINITION: this.definition } }), image: `shop/web:${version ?? 'none'}` };
    const spec = aStack([web], { app: this.app, environment: ENVIRONMENT, stack: this.stack });
    return { ok: true, spec, version, sourceCommit: null, contents: { secrets: new Map(), configs: new Map() }, warnings: [] };
  }

  #resolve(reference: string): Awaited<ReturnType<ImageResolver['resolve']>> {
    if (this.isRegistryAway) throw new RegistryUnavailableError('the registry does not answer');
    return { reference, pinned: `${reference}@sha256:${this.image}`, source: 'registry' };
  }

  /** As `shipmate.yml` would say it; each change of the policy is another version. */
  #workspace(): Workspace {
    const app = anApp(this.app, { roles: { ...this.roles } });
    const environments = this.isForgotten ? {} : { [ENVIRONMENT]: { ...this.environment, policyVersion: this.policyVersion } };
    const { people, security } = this;
    return aWorkspace({
      apps: { [this.app]: app },
      environments,
      people: { ...people },
      groups: { security: [...security] },
    });
  }

  /** Leaves nothing that another lab's tender would look at. */
  async close(): Promise<void> {
    for (const id of this.asked) {
      const request = await this.stores.approvals.findByDeployment(id);
      if (request?.state !== 'open' && request?.state !== 'approved') continue;
      await this.stores.approvals.close(request.id, request.state, 'withdrawn', { at: this.now, by: null, because: null });
    }
  }
}

function proofOf(step: number | 'wrong' | null): Proof | null {
  if (step === null) return null;
  return { by: 'code', code: step === 'wrong' ? '999999' : String(step).padStart(6, '0') };
}

const MANY = 100_000;

/** The same object with some members replaced; what is not replaced keeps its own `this`. */
function over<T extends object>(target: T, members: Partial<T>): T {
  return new Proxy(target, {
    get(real, name) {
      if (name in members) return Reflect.get(members, name);
      const member: unknown = Reflect.get(real, name);
      return typeof member === 'function' ? member.bind(real) : member;
    },
  });
}
