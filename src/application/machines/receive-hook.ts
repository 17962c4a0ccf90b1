import { machinePerson } from '../../domain/machine.ts';
import { isVersion } from '../../domain/names.ts';
import { readWebhookHeaders } from '../../domain/webhook-signature.ts';
import type { HookAnswer, HookRequest } from '../../ports/machine-api.ts';
import type { HookConfig } from '../../ports/workspace.ts';
import { memberOf } from '../authorize.ts';
import type { Parts } from '../parts.ts';
import { overLimit } from '../rate-limit.ts';
import type { UseCases } from '../use-cases.ts';
import { deploymentDocument } from './documents.ts';
import { proposeOnce } from './propose-once.ts';
import { isSignedWebhook } from './verify-webhook.ts';

type Used = Pick<UseCases, 'requestDeployment'>;

const PROPOSALS = { kind: 'hooks', max: 60, windowMs: 60_000 };

const LONGEST_REASON = 300;

/** What a hook says. */
type Payload = { readonly environment: string; readonly version: string; readonly reason: string | null };

/**
 * A delivery of a hook: headers first, then the signature over the raw bytes, and only then what it says. Its id is used up by the first
 * definite answer, a refusal included; what broke may be delivered again.
 */
export async function receiveHook(
  parts: Parts,
  useCases: Used,
  hookKeys: (hook: HookConfig) => readonly Uint8Array[],
  request: HookRequest,
): Promise<HookAnswer> {
  const headers = readWebhookHeaders(request, parts.clock.now());
  const hook = memberOf(parts.workspace().hooks, request.hook);
  if (headers === null || hook === undefined || !isSignedWebhook(headers, request.body, hookKeys(hook))) {
    await record(parts, request, hook === undefined ? 'unknown' : headers === null ? 'headers' : 'signature');
    return { kind: 'unsigned' };
  }
  const read = readPayload(request.body);
  if ('problem' in read) return { kind: 'malformed', problem: read.problem };
  const { environment, version, reason } = read;
  if (!hook.environments.includes(environment)) {
    await record(parts, request, 'environment');
    return { kind: 'malformed', problem: 'environment: this hook is not for it' };
  }
  const human = memberOf(parts.workspace().people, hook.actsFor) ?? { id: hook.actsFor, name: hook.actsFor };
  const person = machinePerson('hook', human, hook.name, hook.name);
  const origin = { platform: 'hook', channel: `hook:${hook.name}`, deliveryId: `${hook.name}:${headers.id}` };
  const proposed = await proposeOnce(
    parts,
    limitedTo(parts, hook, useCases),
    { person, app: hook.app, environment, version, reason, origin },
    { keepRefusal: true },
  );
  if (proposed.kind !== 'refused') return withDocument(proposed);
  await record(parts, request, proposed.refusal.refused);
  return proposed;
}

/** What is sent again has no effect and counts for nothing. */
function limitedTo(parts: Parts, { app, name }: HookConfig, { requestDeployment }: Used): Used {
  const what = `${PROPOSALS.max} deliveries of one hook a minute are the most`;
  return {
    requestDeployment: async (request) =>
      (await overLimit(parts.rateLimits, PROPOSALS, `${app}/${name}`, what)) ?? requestDeployment(request),
  };
}

function withDocument(proposed: Exclude<Awaited<ReturnType<typeof proposeOnce>>, { kind: 'refused' }>): HookAnswer {
  if (proposed.kind === 'proposed') return { kind: 'proposed', deployment: deploymentDocument(proposed.deployment) };
  return { kind: 'repeated', deployment: proposed.deployment === null ? null : deploymentDocument(proposed.deployment) };
}

/** Unknown members are refused: a typing error must not pass silently. */
function readPayload(body: Uint8Array): Payload | { readonly problem: string } {
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return { problem: 'the body is no JSON' };
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return { problem: 'the body is no object' };
  const { environment, version, reason = null, ...others }: Record<string, unknown> = { ...content };
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return { problem: 'there are members other than environment, version and reason' };
  if (typeof environment !== 'string' || environment === '') return { problem: 'environment: is missing' };
  if (typeof version !== 'string' || !isVersion(version)) return { problem: 'version: is not a version' };
  if (reason !== null && (typeof reason !== 'string' || reason.length > LONGEST_REASON))
    return { problem: 'reason: is no text of at most 300 characters' };
  return { environment, version, reason };
}

async function record({ database, clock }: Parts, { hook, source }: HookRequest, why: string): Promise<void> {
  const subject = `hook:${hook.slice(0, 64)}`;
  await database.stores.audit.append({
    at: clock.now(),
    actor: 'system',
    action: 'hook.refused',
    subject,
    source,
    result: 'refused',
    details: { why },
  });
}
