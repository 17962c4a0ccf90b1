import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HookAnswer, MachineApi } from '../../src/ports/machine-api.ts';
import { sendProblem, sendRefusal } from './problem.ts';

/** Enforced while the body comes in, before anything is hashed. */
const BODY_LIMIT = 16 * 1024;

/** Signed deliveries. The signature is over the bytes as they came, so nothing is parsed before it was checked. */
export async function hookRoutes(server: FastifyInstance, api: MachineApi): Promise<void> {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (_request, body, done) => done(null, body));
  server.post<{ Params: { hook: string } }>('/deploy/:hook', { bodyLimit: BODY_LIMIT }, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const answered = await api.receiveHook({
      hook: request.params.hook,
      id: onlyValueOf(request, 'webhook-id'),
      timestamp: onlyValueOf(request, 'webhook-timestamp'),
      signature: onlyValueOf(request, 'webhook-signature'),
      body: Buffer.isBuffer(request.body) ? request.body : new Uint8Array(),
      source: `hook:${request.ip}`,
    });
    return send(request, reply, answered);
  });
}

/** A header that stands twice is nobody's: which one was signed would be unknown. */
function onlyValueOf({ raw: { rawHeaders } }: FastifyRequest, name: string): string | null {
  const values = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
  return values.length === 1 ? (values[0] ?? null) : null;
}

function send(request: FastifyRequest, reply: FastifyReply, answered: HookAnswer): FastifyReply {
  switch (answered.kind) {
    case 'proposed':
      return reply.status(202).send({ status: 'proposed', deployment: answered.deployment });
    case 'repeated':
      return reply.status(200).send({ status: 'repeated', deployment: answered.deployment });
    case 'unsigned':
      return sendProblem(request, reply, 401, 'unsigned', 'This delivery is not signed by one of our hooks, or not now.');
    case 'malformed':
      return sendProblem(request, reply, 422, 'invalid_request', answered.problem);
    case 'refused':
      return sendRefusal(request, reply, answered.refusal);
    default:
      return answered satisfies never;
  }
}
