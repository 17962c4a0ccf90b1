import { isVersion } from '../../domain/names.ts';
import { isRefusal, type Refusal, refusal } from '../../domain/refusal.ts';
import type { DeploymentDocument, EnvironmentDocument, MachineSession, Proposal, Proposed } from '../../ports/machine-api.ts';
import type { Parts } from '../parts.ts';
import type { UseCases } from '../use-cases.ts';
import { type Machine, recordRefused, refuseMachine } from './authenticate.ts';
import { deploymentDocument, environmentDocument } from './documents.ts';
import { proposeOnce } from './propose-once.ts';

type Used = Pick<UseCases, 'requestDeployment' | 'readHistory' | 'readStatus'>;

/** What one token asks. Its scope is asked first, then the use case asks the roles of whoever made it, as it does for everybody. */
export function machineSession(parts: Parts, useCases: Used, machine: Machine, source: string): MachineSession {
  const { person, token } = machine;
  const refused = (app: string, environment: string | null, permission: 'view' | 'deploy') =>
    refuseMachine(parts, machine, { app, environment, permission }, source);

  /** Of what its scope and roles allowed: nobody else records why it did not come to be. */
  const denied = async ({ app, environment }: Proposal, refusal: Refusal): Promise<Refusal> => {
    await recordRefused(parts, machine, { app, environment, permission: 'deploy' }, refusal.refused, source);
    return refusal;
  };

  return {
    async propose(proposal, idempotencyKey): Promise<Proposed | Refusal> {
      const { app, environment, version, reason } = proposal;
      const no = await refused(app, environment, 'deploy');
      if (no !== null) return no;
      if (!isVersion(version)) {
        return denied(proposal, refusal('invalid_arguments', 'That is not a version.', 'A version is an image tag.'));
      }
      const origin = { platform: 'api', channel: `token:${token.id}`, deliveryId: `${token.id}:${idempotencyKey}` };
      const proposed = await proposeOnce(parts, useCases, { person, app, environment, version, reason, origin }, { keepRefusal: false });
      if (proposed.kind === 'refused') return denied(proposal, proposed.refusal);
      if (proposed.deployment === null) return refusal('already_done', 'A request with this key is under way.', 'Ask again in a moment.');
      const deployment = deploymentDocument(proposed.deployment);
      return isSame(deployment, proposal)
        ? { deployment, isRepeated: proposed.kind === 'repeated' }
        : refusal('already_done', 'This key was used for another request.', 'Use a new Idempotency-Key for each request.');
    },

    async deployment(id): Promise<DeploymentDocument | Refusal> {
      const found = await parts.database.stores.deployments.findByPrefix(id);
      const no = found === null ? unknownDeployment() : await refused(found.app, found.environment, 'view');
      // One that it may not see looks like one that does not exist.
      if (found === null || no !== null) return unknownDeployment();
      return deploymentDocument(found);
    },

    async deployments({ app, environment, limit }): Promise<readonly DeploymentDocument[] | Refusal> {
      const no = await refused(app, environment, 'view');
      if (no !== null) return no;
      const history = await useCases.readHistory({ person, app, environment, limit });
      if (isRefusal(history)) return history;
      const inScope = history.deployments.filter((deployment) => token.scope.environments.includes(deployment.environment));
      return inScope.map(deploymentDocument);
    },

    async environment(app, environment): Promise<EnvironmentDocument | Refusal> {
      const no = await refused(app, environment, 'view');
      if (no !== null) return no;
      const statuses = await useCases.readStatus({ person, app, environment });
      if (isRefusal(statuses)) return statuses;
      const [status] = statuses;
      return status === undefined ? refusal('unknown_environment', `${app} has no such environment.`) : environmentDocument(status);
    },
  };
}

function isSame(deployment: DeploymentDocument, { app, environment, version }: Proposal): boolean {
  return deployment.app === app && deployment.environment === environment && deployment.version === version;
}

function unknownDeployment(): Refusal {
  return refusal('unknown_deployment', 'There is no such deployment that this token may see.');
}
