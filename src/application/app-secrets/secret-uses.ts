import { stackName } from '../../domain/names.ts';
import type { Release } from '../../domain/release.ts';
import type { SecretTarget, SecretUse } from '../../domain/secret.ts';
import type { Parts } from '../parts.ts';

/** Which releases deliver this secret now: the one that runs, and those under way. */
export async function secretUses(
  { database }: Pick<Parts, 'database'>,
  { app, environment, name }: SecretTarget,
): Promise<{ readonly uses: readonly SecretUse[]; readonly isDeployed: boolean }> {
  const { releases, deployments } = database.stores;
  const stack = stackName(app, environment);
  const current = await releases.currentRevision(stack);
  const running = current === null ? null : await releases.find(current.releaseId);
  const uses: SecretUse[] = [];
  if (current !== null && delivers(running, name)) uses.push({ kind: 'revision', version: current.version, revision: current.number });
  for (const { id, version, state, releaseId } of await deployments.queueOf(stack)) {
    if (delivers(await releases.find(releaseId), name)) uses.push({ kind: 'deployment', version, deployment: id, state });
  }
  return { uses, isDeployed: current !== null };
}

function delivers(release: Release | null, name: string): boolean {
  return release !== null && Object.values(release.spec.secrets).some(({ secretName }) => secretName === name);
}
