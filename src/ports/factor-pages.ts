import type { Confirmed } from '../domain/confirmation.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import type { Refusal } from '../domain/refusal.ts';

/** A browser at one of our pages. */
export type Visitor = {
  /** Who is signed in at the browser chat there; null for nobody. */
  readonly personId: string | null;
  /** In which session of the browser chat; it outlives a change of factors that is made from here. */
  readonly session?: string | null;
  /** What only this browser knows: the value of the page's own cookie; null before it has one. */
  readonly browser: string | null;
};

/** What a person may set up. */
export type NewFactorKind = 'totp' | 'passkey';

/** A page as it stands for its visitor. */
export type OpenedLink = {
  readonly personName: string;
  readonly expiresAt: number;
  readonly sets: 'enrolment' | 'recovery_codes';
} & (
  | {
      /** Its person has not said in the chat that this is them. */
      readonly stage: 'unconfirmed';
      /** What they type there; null before this browser went on. */
      readonly number: string | null;
    }
  | { readonly stage: 'ready'; readonly choices: readonly NewFactorKind[] }
);

/** What the page shows once somebody began. */
export type BegunFactor =
  | { readonly kind: 'totp'; readonly secret: string; readonly uri: string }
  /** What `navigator.credentials.create` takes. */
  | { readonly kind: 'passkey'; readonly options: JsonObject };

/** `recoveryCodes` are shown this once; null when the person keeps those they have. */
export type FinishedFactor = {
  readonly name: string;
  readonly recoveryCodes: readonly string[] | null;
  /** It counts once somebody vouched for it, until then; null when it counts now. */
  readonly vouchUntil: number | null;
};

export type NewFactorAnswer = { readonly kind: 'totp'; readonly code: string } | { readonly kind: 'passkey'; readonly response: Json };

export type OpenedConfirmation = {
  readonly personName: string;
  readonly summary: readonly string[];
  readonly expiresAt: number;
  /** What `navigator.credentials.get` takes. */
  readonly options: JsonObject;
};

/**
 * The pages behind private links: `/mfa/<token>` and `/confirm/<token>`. Opening one changes nothing, because previews of links
 * open them, too. A link that is unknown, used, over or somebody else's is a refusal.
 */
export interface FactorPages {
  open(token: string, visitor: Visitor): Promise<OpenedLink | Refusal>;
  /** From here on the link is this browser's alone, and `open` shows the number that its person types in the chat. Null is done. */
  claim(token: string, visitor: Visitor): Promise<null | Refusal>;
  /** The same where no number is needed, and what was chosen begins. */
  begin(token: string, visitor: Visitor, kind: NewFactorKind): Promise<BegunFactor | Refusal>;
  finish(token: string, visitor: Visitor, answer: NewFactorAnswer): Promise<FinishedFactor | Refusal>;
  /** New recovery codes in place of all earlier ones. */
  newRecoveryCodes(token: string, visitor: Visitor): Promise<readonly string[] | Refusal>;
  openConfirmation(token: string, visitor: Visitor): Promise<OpenedConfirmation | Refusal>;
  /** What was asked to be confirmed is done, once. */
  confirm(token: string, visitor: Visitor, response: Json): Promise<Confirmed | Refusal>;
}
