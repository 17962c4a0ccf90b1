import type { StoredSecrets } from '../ports/app-source.ts';
import { secretBinding } from '../ports/sealed-bindings.ts';
import type { Parts } from './parts.ts';

/** The secrets of an environment as they count now, for whoever reads its definition. Only what the definition names is opened. */
export function storedSecrets({ database, sealer }: Pick<Parts, 'database' | 'sealer'>, app: string, environment: string) {
  return async (): Promise<StoredSecrets> => {
    const values = new Map((await database.stores.secrets.values(app, environment)).map((secret) => [secret.name, secret]));
    return {
      has: (name) => values.has(name),
      open(name) {
        const secret = values.get(name);
        if (secret === undefined) throw new Error(`there is no secret ${name}`);
        return sealer.open(secret.sealed, secretBinding(secret, secret.version));
      },
    };
  };
}
