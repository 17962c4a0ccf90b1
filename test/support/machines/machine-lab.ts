import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { machineApi } from '../../../adapters/api/index.ts';
import { createHttpServer } from '../../../adapters/http/index.ts';
import { systemClock } from '../../../adapters/system/system-clock.ts';
import { createUseCases } from '../../../src/application/create-use-cases.ts';
import { createMachineApi } from '../../../src/application/machines/create-machine-api.ts';
import type { CreatedToken } from '../../../src/application/machines/requests.ts';
import type { Parts } from '../../../src/application/parts.ts';
import type { UseCases } from '../../../src/application/use-cases.ts';
import type { TokenScope } from '../../../src/domain/api-token.ts';
import { isFactorRequest } from '../../../src/domain/confirmation.ts';
import type { Person } from '../../../src/domain/deployment.ts';
import { isRefusal, type Refusal } from '../../../src/domain/refusal.ts';
import type { AppSource } from '../../../src/ports/app-source.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { ImageResolver } from '../../../src/ports/image-resolver.ts';
import type { Orchestrator } from '../../../src/ports/orchestrator.ts';
import type { DeploymentQueue } from '../../../src/ports/queue.ts';
import type { HookConfig } from '../../../src/ports/workspace.ts';
import { anApp, anEnvironment, anObservedStack, aService, aStack, aWorkspace } from '../builders.ts';
import { only, SILENT_LOGGER, someParts } from '../builders-parts.ts';
import type { TestDatabase } from '../postgres.ts';
import { anApp as anAuthenticatorApp, someRecoveryCodes } from '../second-factor/person-with-factors.ts';

export type Answered = { readonly status: number; readonly type: string; readonly body: Record<string, unknown> };

/** The API on a real server and the real database; files, registry and engine are as simple as can be. */
export class MachineLab {
  readonly app = `shop-${randomUUID().slice(0, 8)}`;
  readonly owner: Person = { id: `ada-${randomUUID().slice(0, 8)}`, name: 'Ada' };
  readonly other: Person = { id: `dana-${randomUUID().slice(0, 8)}`, name: 'Dana' };
  readonly key = randomBytes(32);
  readonly parts: Parts;
  readonly useCases: UseCases;
  readonly audit: (subject: string) => Promise<readonly string[]>;
  url = '';
  /** Ahead of the real time. */
  aheadMs = 0;
  roles = { owner: [this.owner.id], admin: [] as string[], developer: [this.other.id], viewer: [] as string[], incident: [] as string[] };
  hookKeys: (hook: HookConfig) => readonly Uint8Array[] = () => [this.key];
  /** What happens before a definition is read. */
  whileReading: () => Promise<void> = () => Promise.resolve();
  #close: () => Promise<void> = () => Promise.resolve();

  readonly #test: TestDatabase;

  private constructor(test: TestDatabase) {
    this.#test = test;
    const clock: Clock = { ...systemClock, now: () => Date.now() + this.aheadMs };
    this.parts = someParts({
      database: test.database,
      rateLimits: test.database.rateLimits,
      clock,
      workspace: () => this.#workspace(),
      queue: only<DeploymentQueue>('queue', { wake: async () => undefined }),
      images: only<ImageResolver>('images', {
        resolve: async (reference) => ({ reference, pinned: `${reference}@sha256:${'a'.repeat(64)}`, source: 'registry' }),
      }),
      orchestrator: only<Orchestrator>('orchestrator', {
        adapt: async (spec) => ({ spec, notes: [] }),
        observe: async (stack) => anObservedStack({ stack }),
      }),
      source: only<AppSource>('source', {
        read: async ({ app, environment, version }) => {
          await this.whileReading();
          const spec = aStack([aService('web', { image: `shop/web:${version ?? '1'}` })], {
            app,
            environment,
            stack: `${app}-${environment}`,
          });
          return { ok: true, spec, contents: { secrets: new Map(), configs: new Map() }, warnings: [], sourceCommit: null, version };
        },
      }),
    });
    this.useCases = createUseCases(this.parts);
    this.audit = async (subject) =>
      (await test.database.stores.audit.list({ subject, limit: 50 })).map(({ action, actor, result, details }) =>
        [action, actor, result, details['why'] ?? ''].join(' ').trim(),
      );
  }

  static async open(test: TestDatabase): Promise<MachineLab> {
    const lab = new MachineLab(test);
    // Where a token reaches a protected environment, its maker has a second factor.
    await anAuthenticatorApp(test, lab.owner);
    const metrics = { contentType: 'text/plain', text: async () => '' };
    const server = createHttpServer({ logger: SILENT_LOGGER, metrics, readiness: [] });
    const api = createMachineApi(lab.parts, lab.useCases, (hook) => lab.hookKeys(hook));
    await server.register(machineApi({ api, logger: SILENT_LOGGER, requestsPerMinute: 100_000 }));
    lab.url = await server.listen({ host: '127.0.0.1', port: 0 });
    lab.#close = () => server.close();
    return lab;
  }

  close(): Promise<void> {
    return this.#close();
  }

  async token(scope: Partial<TokenScope> = {}, forMs = 3_600_000, person = this.owner): Promise<{ id: string; secret: string }> {
    const created = await this.useCases.createToken({
      person,
      name: 'ci',
      scope: { apps: [this.app], environments: ['staging'], permissions: ['deploy', 'view'], ...scope },
      forMs,
      delivery: { platform: 'web', deliveryId: randomUUID() },
      source: 'web:ops',
    });
    const made = isFactorRequest(created) ? await this.#confirmed(created.wish, person) : created;
    if (isRefusal(made)) throw new Error(made.message);
    return { id: made.token.id, secret: made.secret };
  }

  /** With one of the person's recovery codes. */
  async #confirmed(wish: string, person: Person): Promise<CreatedToken | Refusal> {
    const [code = ''] = await someRecoveryCodes(this.#test, person);
    const source = 'web:ops';
    const confirmed = await this.useCases.confirmToken({ person, wish, proof: { by: 'code', code }, source });
    if (isRefusal(confirmed)) return confirmed;
    return this.useCases.showToken({ person, wish, source });
  }

  propose(secret: string, body: object = {}, headers: Record<string, string> = {}): Promise<Answered> {
    const whole = { app: this.app, environment: 'staging', version: '1.0.0', ...body };
    return this.call('POST', '/api/v1/deployments', secret, whole, { 'idempotency-key': randomUUID(), ...headers });
  }

  call(method: string, path: string, secret: string | null, body: unknown = null, headers: Record<string, string> = {}): Promise<Answered> {
    const authorization = secret === null ? {} : { authorization: `Bearer ${secret}` };
    const type = body === null ? {} : { 'content-type': 'application/json' };
    return this.#send(method, path, { ...authorization, ...type, ...headers }, body === null ? '' : JSON.stringify(body));
  }

  /** A delivery as its sender signs it. */
  hook(
    body: string | object,
    changes: Partial<{ id: string; at: number; key: Uint8Array; signed: string; signature: string; name: string }> = {},
  ): Promise<Answered> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const id = changes.id ?? `msg_${randomUUID()}`;
    const timestamp = String(Math.floor((changes.at ?? Date.now()) / 1000));
    const digest = createHmac('sha256', changes.key ?? this.key)
      .update(`${id}.${timestamp}.${changes.signed ?? text}`)
      .digest('base64');
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': changes.signature ?? `v1,${digest}`,
    };
    return this.#send('POST', `/hooks/deploy/${changes.name ?? 'ci'}`, headers, text);
  }

  async #send(method: string, path: string, headers: Record<string, string>, body: string): Promise<Answered> {
    return new Promise((resolve, reject) => {
      const sent = httpRequest(
        `${this.url}${path}`,
        { method, headers: { ...headers, 'content-length': Buffer.byteLength(body) } },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => {
            text += chunk;
          });
          response.on('end', () => {
            const parsed: unknown = text === '' ? {} : JSON.parse(text);
            resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', body: { ...(parsed as object) } });
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  #workspace() {
    const environments = {
      staging: anEnvironment('staging'),
      production: anEnvironment('production', {
        protected: true,
        deployers: ['owner', 'admin'],
        approvals: {
          rules: [{ from: ['owner', 'developer'], count: 1 }],
          secondFactor: false,
          expiresAfterMs: 3_600_000,
          waitMs: 0,
          remindAfterMs: 3_600_000,
          escalateAfterMs: null,
          escalateTo: [],
        },
      }),
    };
    return aWorkspace({
      apps: { [this.app]: anApp(this.app, { roles: this.roles }) },
      environments,
      people: { [this.owner.id]: { ...this.owner, identities: {} }, [this.other.id]: { ...this.other, identities: {} } },
      hooks: { ci: { name: 'ci', app: this.app, environments: ['staging'], actsFor: this.owner.id, secret: { variable: 'HOOK' } } },
      limits: { commandsPerMinute: 1000, channelCommandsPerMinute: 1000, deploymentsPerHour: 1000 },
    });
  }
}
