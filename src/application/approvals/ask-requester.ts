import type { Person } from '../../domain/deployment.ts';
import type { JsonObject } from '../../domain/json.ts';
import { isRefusal, type Refusal, refusal } from '../../domain/refusal.ts';
import type { Parts } from '../parts.ts';
import { approvalRecord } from './close-request.ts';
import { type PendingApproval, readApproval } from './read-approvals.ts';

export type QuestionRequest = {
  readonly person: Person;
  readonly request: string;
  readonly question: string;
  readonly source: string;
};

/** A question before a decision: whoever asked for the deployment is told, alone; the answer is a matter for the thread. */
export async function askRequester(
  parts: Parts,
  { person, request, question, source }: QuestionRequest,
): Promise<PendingApproval | Refusal> {
  const found = await readApproval(parts, { person, request });
  if (isRefusal(found)) return found;
  const { deployment, mayDecide } = found;
  const record = (result: 'done' | 'refused', details: JsonObject) =>
    approvalRecord(parts, found.request, 'approval.ask', person.id, source, result, details);
  if (!mayDecide) {
    await parts.database.stores.audit.append(record('refused', { code: 'not_an_approver' }));
    return refusal('not_an_approver', 'This button is for those who decide.', 'Ask in the thread of its card.');
  }
  await parts.database.transact(async (stores) => {
    await parts.notices.tell(stores, found.request.requester.id, {
      key: `question:${found.request.id}:${person.id}:${parts.clock.now()}`,
      tone: 'neutral',
      title: `${person.name} asks about ${deployment.app} ${deployment.environment} ${deployment.version}`,
      lines: [question, 'Answer in the thread of its card, so that everyone who decides can read it.'],
    });
    await stores.audit.append(record('done', { question }));
  });
  return found;
}
