import { type Confirmation, isFactorRequest } from '../../domain/confirmation.ts';
import type { Json } from '../../domain/json.ts';
import { isRefusal, refusal } from '../../domain/refusal.ts';
import type { ConfirmedAct, ConfirmedHandler } from '../confirmed-act.ts';
import { breakGlass } from './break-glass.ts';
import { decideApproval } from './decide-approval.ts';

/** An approval that its person confirmed with a passkey: the same vote again, now with its proof. */
export const confirmApproval: ConfirmedHandler = async (parts, { confirmation, person, proof, source }) => {
  const request = textOf(confirmation, 'request');
  if (request === null) return unreadable();
  const voter = { ...person, groups: groupsOf(confirmation) };
  const vote = { person: voter, request, decision: 'approve', reason: textOf(confirmation, 'reason'), proof, source } as const;
  const decided = await decideApproval(parts, vote);
  if (isRefusal(decided) || isFactorRequest(decided)) return decided;
  const detail = decided.outcome === 'approved' ? 'Everyone agreed: it goes on now.' : 'Others have to agree, too.';
  return { title: 'Approved', detail };
};

/** A page is confirmed once, so its id is the delivery's. */
export const confirmBreakGlass: ConfirmedHandler = async (parts, { confirmation, person, proof, source }) => {
  const [app, environment, version, reason] = (['app', 'environment', 'version', 'reason'] as const).map((name) =>
    textOf(confirmation, name),
  );
  const [platform, channel] = (['platform', 'channel'] as const).map((name) => textOf(confirmation, name));
  if (!app || !environment || !version || !reason || !platform || !channel || proof.by !== 'passkey') return unreadable();
  const broken = await breakGlass(parts, {
    person: { ...person, groups: groupsOf(confirmation) },
    app,
    environment,
    version,
    reason,
    proof,
    origin: { platform, channel, deliveryId: `confirmed:${proof.confirmationId}` },
  });
  if (isRefusal(broken) || isFactorRequest(broken)) return broken;
  parts.logger.warn({ deploymentId: broken.deployment.id, person: person.id, source }, 'the glass was broken');
  return { title: 'The glass is broken', detail: `${app} ${environment} goes to ${version} now. Somebody else signs it off afterwards.` };
};

/** Groups of the platform from which it was asked for: a page is opened by a person, not from a platform. */
function groupsOf({ values }: ConfirmedAct['confirmation']): readonly string[] {
  const { groups } = values;
  return isList(groups) ? groups.filter((group) => typeof group === 'string') : [];
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function textOf({ values }: Confirmation, name: string): string | null {
  const value = values[name];
  return typeof value === 'string' ? value : null;
}

function unreadable() {
  return refusal('unknown_request', 'This cannot be confirmed any more.', 'Ask for it again in the chat.');
}
