/** JSON Schemas of the API: what is sent is checked against them before anything is done, and what is not named is not answered. */

const name = { type: 'string', minLength: 1, maxLength: 64 } as const;

export const deploymentSchema = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    kind: { type: 'string' },
    app: { type: 'string' },
    environment: { type: 'string' },
    version: { type: 'string' },
    previousVersion: { type: ['string', 'null'] },
    state: { type: 'string' },
    stage: { type: ['string', 'null'] },
    requester: { type: 'object', properties: { id: { type: 'string' }, name: { type: 'string' } } },
    reason: { type: ['string', 'null'] },
    failure: {
      type: ['object', 'null'],
      properties: { code: { type: 'string' }, service: { type: ['string', 'null'] }, message: { type: 'string' } },
    },
    planHash: { type: 'string' },
    requestedAt: { type: 'string' },
    startedAt: { type: ['string', 'null'] },
    finishedAt: { type: ['string', 'null'] },
  },
} as const;

export const proposalSchema = {
  type: 'object',
  required: ['app', 'environment', 'version'],
  additionalProperties: false,
  properties: {
    app: name,
    environment: name,
    version: { type: 'string', minLength: 1, maxLength: 128 },
    reason: { type: 'string', minLength: 1, maxLength: 300 },
  },
} as const;

export const proposalHeadersSchema = {
  type: 'object',
  required: ['idempotency-key'],
  properties: { 'idempotency-key': { type: 'string', pattern: '^[\\x21-\\x7e]{1,128}$' } },
} as const;

export const deploymentParamsSchema = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string', pattern: '^[0-9a-z]{4,64}$' } },
} as const;

export const deploymentsQuerySchema = {
  type: 'object',
  required: ['app'],
  additionalProperties: false,
  properties: { app: name, environment: name, limit: { type: 'integer', minimum: 1, maximum: 100, default: 20 } },
} as const;

export const environmentParamsSchema = {
  type: 'object',
  required: ['app', 'environment'],
  properties: { app: name, environment: name },
} as const;

export const deploymentsSchema = { type: 'object', properties: { deployments: { type: 'array', items: deploymentSchema } } } as const;

export const environmentSchema = {
  type: 'object',
  properties: {
    app: { type: 'string' },
    environment: { type: 'string' },
    version: { type: ['string', 'null'] },
    revision: { type: ['integer', 'null'] },
    since: { type: ['string', 'null'] },
    services: {
      type: ['array', 'null'],
      items: {
        type: 'object',
        properties: {
          service: { type: 'string' },
          image: { type: 'string' },
          desired: { type: 'integer' },
          running: { type: 'integer' },
          health: { type: 'string' },
        },
      },
    },
    open: { type: 'array', items: deploymentSchema },
  },
} as const;
