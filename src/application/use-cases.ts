import type { ApprovalFacts } from '../domain/approval-facts.ts';
import type { OpenBreaker } from '../domain/breaker.ts';
import type { BrokenGlass } from '../domain/broken-glass.ts';
import type { FactorRequest, Proof } from '../domain/confirmation.ts';
import type { Deployment, Person, ServiceProgress, StageReport } from '../domain/deployment.ts';
import type { ServiceDifference } from '../domain/diff-stacks.ts';
import type { Closure } from '../domain/environment-gate.ts';
import type { ObservedService, ObservedTask } from '../domain/observed.ts';
import type { Role } from '../domain/permissions.ts';
import type { Place } from '../domain/place.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Release, Revision } from '../domain/release.ts';
import type { Subscription, Topic } from '../domain/subscription.ts';
import type { DeploymentStatistics } from '../ports/database.ts';
import type { LogLine } from '../ports/orchestrator.ts';
import type { AccessUseCases } from './access/use-cases.ts';
import type { SecretUseCases } from './app-secrets/requests.ts';
import type { ApprovalUseCases } from './approvals/approval-use-cases.ts';
import type { DeploymentRequest, Origin, PlannedDeployment, RequestedDeployment, TargetRequest } from './deployment-requests.ts';
import type { LockUseCases } from './locks/use-cases.ts';
import type { TokenUseCases } from './machines/requests.ts';
import type { AuditAnswer, AuditQuestion } from './read-audit.ts';
import type { FactorUseCases } from './second-factor/use-cases.ts';
import type { SessionUseCases } from './sessions/sign-out.ts';

export type { DeploymentRequest, Origin, PlannedDeployment, RequestedDeployment, TargetRequest };

/** Those whose types stand in a file of their own. */
type GroupedUseCases = AccessUseCases & ApprovalUseCases & TokenUseCases & SecretUseCases & LockUseCases & FactorUseCases & SessionUseCases;

/**
 * Everything that commands, buttons and later the API can ask for. Each is one file in this folder. They authorize by
 * themselves (the person is in every request), so no way in can forget it. Expected refusals are values.
 */
export type UseCases = GroupedUseCases & {
  planDeployment(request: TargetRequest): Promise<PlannedDeployment | Refusal>;
  /** What an environment runs beside `to`: another environment, a version or `#revision`; the release before it when null. */
  readDifference(request: { person: Person; app: string; environment: string; to: string | null }): Promise<Difference | Refusal>;
  requestDeployment(request: DeploymentRequest): Promise<RequestedDeployment | Refusal>;
  /** Deploys to `to` what `from` runs now: the same version on the same images, whatever its tags name by now. */
  requestPromotion(request: PromotionRequest): Promise<RequestedDeployment | Refusal>;
  /** The same once more, as a request of this person: a promotion with the images that it took, a rollback to the same release. */
  retryDeployment(request: { deploymentId: string; person: Person; origin: Origin }): Promise<RequestedDeployment | Refusal>;
  /** What a rollback would do, for the confirmation; `to` is a version or revision number, the last good one when null. */
  planRollback(request: RollbackRequest): Promise<PlannedRollback | Refusal>;
  requestRollback(request: RollbackRequest): Promise<RequestedDeployment | Refusal>;
  /** Rolls back what one deployment did: to the release that ran before it. For the card's button. */
  requestRollbackOf(request: { deploymentId: string; person: Person; origin: Origin }): Promise<RequestedDeployment | Refusal>;
  /** By deployment id or its short form, or the open deployment of an app and environment. */
  cancelDeployment(request: {
    person: Person;
    target: { deployment: string } | { app: string; environment: string };
    source: string;
  }): Promise<{ deployment: Deployment; effect: 'cancelled' | 'taking_back' } | Refusal>;
  readStatus(request: { person: Person; app: string; environment: string | null }): Promise<readonly EnvironmentStatus[] | Refusal>;
  readHistory(request: {
    person: Person;
    app: string;
    environment: string | null;
    limit: number;
  }): Promise<{ deployments: readonly Deployment[]; statistics: DeploymentStatistics } | Refusal>;
  readLogs(request: {
    person: Person;
    app: string;
    environment: string;
    service: string | null;
    tail: number;
  }): Promise<{ lines: readonly LogLine[]; services: readonly string[] } | Refusal>;
  /** What the card and its thread show. */
  readDeployment(id: string): Promise<DeploymentDetails | null>;
  listApps(request: { person: Person }): Promise<readonly AppSummary[]>;
  /** Every dependency, whether it works, and how to mend it. */
  diagnose(): Promise<readonly Diagnosis[]>;
  /** Newest first; of one app, or of all that the person owns. */
  readAudit(question: AuditQuestion): Promise<AuditAnswer | Refusal>;

  /** A code that makes another account this person's, for ten minutes. */
  /** Whoever has a second factor brings it; `proof` null asks how to. */
  startLink(request: { person: Person; proof: Proof | null; source: string }): Promise<IssuedCode | FactorRequest | Refusal>;
  /** Makes the account that types the code its issuer's. */
  finishLink(request: { person: Person; code: string; source: string }): Promise<{ personId: string; name: string } | Refusal>;
  /** Takes the account from which the person speaks, or another one of theirs (its id, or `platform:id`), away from them again. */
  unlink(request: { person: Person; other: string | null; source: string }): Promise<{ personId: string } | Refusal>;
  describePerson(request: { person: Person }): Promise<PersonDescription>;
  subscribe(request: SubscribeRequest): Promise<Subscription | Refusal>;
  /** Ends the channel's subscriptions to an app; `environment` null ends all of them. */
  unsubscribe(request: Omit<SubscribeRequest, 'about'>): Promise<readonly Subscription[] | Refusal>;
  /** What the channel follows, of the apps that the person may see. */
  listSubscriptions(request: { person: Person; place: Place }): Promise<readonly ListedSubscription[]>;

  /** For completion; only what the person may see. */
  suggestApps(person: Person): Promise<readonly string[]>;
  suggestEnvironments(person: Person, app: string): Promise<readonly string[]>;
  suggestVersions(person: Person, app: string, environment: string): Promise<readonly string[]>;
  suggestServices(person: Person, app: string, environment: string): Promise<readonly string[]>;
};

export type IssuedCode = { readonly code: string; readonly expiresAt: number };

export type PersonDescription = {
  readonly id: string;
  readonly name: string;
  /** Is the person listed in `shipmate.yml`? */
  readonly isKnown: boolean;
  /** From `shipmate.yml` and from `/link`. */
  readonly accounts: readonly { readonly platform: string; readonly account: string }[];
  readonly groups: readonly string[];
  readonly roles: readonly { readonly app: string; readonly roles: readonly Role[] }[];
};

export type SubscribeRequest = {
  readonly person: Person;
  readonly place: Place;
  readonly app: string;
  readonly environment: string | null;
  readonly about: readonly Topic[];
  readonly source: string;
};

/** `isConfigured`: it stands in `shipmate.yml`, where it has to be ended. */
export type ListedSubscription = Pick<Subscription, 'app' | 'environment' | 'about' | 'muted'> & { readonly isConfigured: boolean };

export type PromotionRequest = {
  readonly person: Person;
  readonly app: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string | null;
  readonly origin: Origin;
};

export type RollbackRequest = {
  readonly person: Person;
  readonly app: string;
  readonly environment: string;
  readonly to: string | null;
  readonly reason: string | null;
  readonly origin: Origin;
};

export type Difference = {
  readonly before: DifferenceSide;
  readonly after: DifferenceSide;
  readonly services: readonly ServiceDifference[];
};

/** `revision` null: not deployed; as its definition would be deployed now. */
export type DifferenceSide = {
  readonly app: string;
  readonly environment: string;
  readonly version: string;
  readonly revision: number | null;
};

export type PlannedRollback = PlannedDeployment & {
  readonly from: Revision;
  readonly to: Revision;
  /** Where else it could go back to, the newest first; each release once. */
  readonly others: readonly Revision[];
};

export type EnvironmentStatus = {
  readonly app: string;
  readonly environment: string;
  readonly stack: string;
  readonly current: (Revision & { readonly release: Release }) | null;
  /** Null when the engine could not be asked. */
  readonly services: readonly ServiceStatus[] | null;
  readonly open: readonly Deployment[];
  /** What keeps it from taking deployments now. */
  readonly closure: Closure | null;
  readonly lastFinished: Deployment | null;
  /** Differences between what the revision says and what the engine shows. */
  readonly drift: readonly string[];
};

export type ServiceStatus = {
  readonly service: string;
  readonly image: string;
  readonly desired: number;
  readonly running: number;
  readonly health: 'healthy' | 'starting' | 'degraded' | 'down' | 'complete';
  readonly lastError: string | null;
  readonly observed: ObservedService;
  readonly tasks: readonly ObservedTask[];
};

export type DeploymentDetails = {
  readonly deployment: Deployment;
  readonly release: Release;
  readonly progress: readonly ServiceProgress[];
  readonly stages: readonly StageReport[];
  readonly position: number;
  readonly waitsFor: Deployment | null;
  /** When it will probably be done; null without history. */
  readonly etaAt: number | null;
  /** Where its Roll back button would lead; null when there is nothing to go back to, or it is not this environment's newest any more. */
  readonly rollbackTarget: { readonly version: string; readonly revision: number } | null;
  /** False once another deployment of the environment has started after it: what it says about the environment is history then. */
  readonly isNewest: boolean;
  /** What an open deployment waits for, because it does not answer. */
  readonly outage: OpenBreaker | null;
  /** What people were asked; null when nobody had to be. */
  readonly approval: ApprovalFacts | null;
  /** The glass was broken for it. */
  readonly brokenGlass: BrokenGlass | null;
};

export type AppSummary = {
  readonly app: string;
  readonly description: string;
  readonly role: string;
  readonly environments: readonly {
    readonly environment: string;
    readonly version: string | null;
    readonly since: number | null;
    readonly open: number;
    readonly protected: boolean;
    readonly closure: Closure | null;
  }[];
};

export type Diagnosis = {
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'broken';
  readonly found: string;
  readonly remedy: string | null;
};
