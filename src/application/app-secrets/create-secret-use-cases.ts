import type { Parts } from '../parts.ts';
import { listSecrets, readSecretHistory, suggestSecrets } from './read-secrets.ts';
import { planSecretRemoval, removeSecret } from './remove-secret.ts';
import type { SecretUseCases } from './requests.ts';
import { prepareSecret, setSecret } from './set-secret.ts';

export function createSecretUseCases(parts: Parts): SecretUseCases {
  return {
    prepareSecret: (request) => prepareSecret(parts, request),
    setSecret: (request) => setSecret(parts, request),
    planSecretRemoval: (request) => planSecretRemoval(parts, request),
    removeSecret: (request) => removeSecret(parts, request),
    listSecrets: (request) => listSecrets(parts, request),
    readSecretHistory: (request) => readSecretHistory(parts, request),
    suggestSecrets: (person, app, environment) => suggestSecrets(parts, person, app, environment),
  };
}
