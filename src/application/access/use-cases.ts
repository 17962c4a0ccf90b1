import type { AppAccess, AppExplanation, ChangedAccess } from '../../domain/access-facts.ts';
import type { FactorRequest } from '../../domain/confirmation.ts';
import type { Person } from '../../domain/deployment.ts';
import type { Refusal } from '../../domain/refusal.ts';
import type { Parts } from '../parts.ts';
import { type ChangeRequest, changeAccess } from './change-access.ts';
import { type ChangeDecision, decideAccessChange } from './decide-change.ts';
import { explainAccess } from './explain-access.ts';
import { showAccess, suggestPeople } from './show-access.ts';

/** Who may do what: `/access` and what `/whoami` explains. */
export type AccessUseCases = {
  showAccess(request: { person: Person; app: string }): Promise<AppAccess | Refusal>;
  /** With their second factor: `proof` null asks how to bring it, after everything else was checked. */
  changeAccess(request: ChangeRequest): Promise<ChangedAccess | FactorRequest | Refusal>;
  /** The second owner's answer; to agree asks for their second factor. */
  decideAccessChange(request: ChangeDecision): Promise<ChangedAccess | FactorRequest | Refusal>;
  /** What somebody may do, in one app or in all that they may see, and why. */
  explainAccess(request: { person: Person; app: string | null }): Promise<readonly AppExplanation[] | Refusal>;
  /** People of `shipmate.yml`, for completion. */
  suggestPeople(person: Person): Promise<readonly Person[]>;
};

export function createAccessUseCases(parts: Parts): AccessUseCases {
  return {
    showAccess: (request) => showAccess(parts, request),
    changeAccess: (request) => changeAccess(parts, request),
    decideAccessChange: (request) => decideAccessChange(parts, request),
    explainAccess: async ({ person, app }) => explainAccess(parts.workspace(), person, app),
    suggestPeople: async (person) => suggestPeople(parts, person),
  };
}
