import type { CommitsBetween } from '../../domain/source-commits.ts';
import type { Stores } from '../../ports/database.ts';
import type { SourceHistory } from '../../ports/source-history.ts';
import type { Parts } from '../parts.ts';

type Pair = { readonly repository: string; readonly from: string; readonly to: string };

/**
 * What is known of the commits between two; null when nothing is. Then their host is asked, beside whatever goes on: nobody waits for
 * it, neither whoever asks for approval nor a transaction. What it says is kept for every process and for ever, and the deployment's
 * cards are drawn again. A host that did not answer is asked again when a card is looked at, as often as the port allows.
 */
export async function knownCommits(parts: Parts, stores: Stores, deploymentId: string, pair: Pair): Promise<CommitsBetween | null> {
  const { sourceHistory } = parts;
  if (sourceHistory === undefined) return null;
  const known = await stores.commits.find(pair.repository, pair.from, pair.to);
  if (known === null) void learn(parts, sourceHistory, deploymentId, pair);
  return known;
}

/** Never rejects: nobody is there to hear it. */
async function learn({ database, logger }: Parts, history: SourceHistory, deploymentId: string, pair: Pair): Promise<void> {
  const { repository, from, to } = pair;
  try {
    const answer = await history.commitsBetween(repository, from, to);
    if (!answer.known) return;
    const { stores } = database;
    if (await stores.commits.keep(repository, from, to, answer.between)) await database.notify(stores, 'deployment', deploymentId);
  } catch (error) {
    logger.info({ error, repository }, 'what was committed could not be kept; a later look asks again');
  }
}
