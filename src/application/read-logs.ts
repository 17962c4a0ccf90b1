import { stackName } from '../domain/names.ts';
import { isRefusal, type Refusal, refusal } from '../domain/refusal.ts';
import { scrub } from '../domain/scrub.ts';
import { authorize } from './authorize.ts';
import { secretsOfStack } from './known-secrets.ts';
import type { Parts } from './parts.ts';
import type { UseCases } from './use-cases.ts';

/** `/logs`: the last lines of one service, or of all, without the secrets that the releases are known to have. */
export async function readLogs(
  parts: Parts,
  request: Parameters<UseCases['readLogs']>[0],
): Promise<Exclude<Awaited<ReturnType<UseCases['readLogs']>>, Refusal> | Refusal> {
  const access = authorize(parts.workspace(), { ...request, permission: 'logs', changes: false });
  if (isRefusal(access)) return access;
  const stack = stackName(request.app, request.environment);
  const observed = await parts.orchestrator.observe(stack, { objects: false });
  const services = observed.services.map((service) => service.service).sort();
  if (services.length === 0) {
    return refusal(
      'nothing_deployed',
      `Nothing runs in ${request.app} ${request.environment}.`,
      `Type /deploy ${request.app} ${request.environment}.`,
    );
  }
  if (request.service !== null && !services.includes(request.service)) {
    return refusal(
      'unknown_service',
      `${request.app} ${request.environment} has no service “${request.service}”.`,
      `Its services: ${services.join(', ')}.`,
    );
  }
  const lines = await parts.orchestrator.logs(stack, { service: request.service, tail: request.tail, sinceMs: null });
  const secrets = await secretsOfStack(parts, stack);
  return { lines: lines.map((line) => ({ ...line, text: scrub(line.text, secrets) })), services };
}
