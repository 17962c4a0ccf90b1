import type { ApiToken, TokenScope } from '../../domain/api-token.ts';
import type { FactorRequest, Proof } from '../../domain/confirmation.ts';
import type { Person } from '../../domain/deployment.ts';
import type { Refusal } from '../../domain/refusal.ts';

/** What commands ask about API tokens. */
export type TokenUseCases = {
  /** The token itself is in this answer and nowhere else; or it waits for a second factor and does not exist yet. Once per delivery. */
  createToken(request: CreateTokenRequest): Promise<CreatedToken | WishedToken | Refusal>;
  /** A code for what waits. */
  confirmToken(request: OfWish & { readonly proof: Proof }): Promise<ConfirmedToken | FactorRequest | Refusal>;
  /** What was confirmed, made and handed out now, once. */
  showToken(request: OfWish): Promise<CreatedToken | Refusal>;
  /** A person's own ones, and those of the apps that they own. */
  listTokens(request: { readonly person: Person }): Promise<readonly ApiToken[]>;
  /** By id, or by name when there is one of that name. */
  revokeToken(request: { readonly person: Person; readonly token: string; readonly source: string }): Promise<ApiToken | Refusal>;
};

export type CreateTokenRequest = {
  readonly person: Person;
  readonly name: string;
  readonly scope: TokenScope;
  readonly forMs: number;
  readonly delivery: { readonly platform: string; readonly deliveryId: string };
  readonly source: string;
};

type OfWish = { readonly person: Person; readonly wish: string; readonly source: string };

/** It waits for the second factor under this id. */
export type WishedToken = FactorRequest & { readonly wish: string };

/** Its maker may look at it now, once. */
export type ConfirmedToken = { readonly confirmed: string; readonly name: string };

export type CreatedToken = { readonly token: ApiToken; readonly secret: string };
