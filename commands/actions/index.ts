import type { ActionDefinition } from '../../src/chat/command.ts';
import type { App } from '../app.ts';
import { accessAgree, accessRefuse, accessSubmitted } from './access.ts';
import { approve, approveSubmitted, ask, askSubmitted, reject, rejectSubmitted, signOff, signOffSubmitted } from './approval.ts';
import { breakGlassSubmitted } from './break-glass.ts';
import { cancel } from './cancel.ts';
import { deployAsk } from './deploy-ask.ts';
import { deployFormSubmitted } from './deploy-form.ts';
import { history } from './history.ts';
import { linkCode, linkDo } from './link.ts';
import { mfaCode, mfaConfirm, mfaDo, mfaNumber, mfaStep } from './mfa.ts';
import { retry } from './retry.ts';
import { rollback } from './rollback.ts';
import { rollbackPick } from './rollback-pick.ts';
import { rollbackTo } from './rollback-to.ts';
import { secretDeploy, secretRemove, secretRemoveAsk, secretSet } from './secret.ts';
import { tokenCode, tokenDo, tokenShow, tokenShown } from './token.ts';
import { unlockScope } from './unlock.ts';
import { viewLogs } from './view-logs.ts';
import { viewPlan } from './view-plan.ts';
import { watchOpening } from './watch-opening.ts';

/** Every verb that a button may carry. */
export const actions: readonly ActionDefinition<App>[] = [
  rollback,
  rollbackTo,
  rollbackPick,
  cancel,
  approve,
  approveSubmitted,
  reject,
  rejectSubmitted,
  ask,
  askSubmitted,
  breakGlassSubmitted,
  signOff,
  signOffSubmitted,
  retry,
  viewPlan,
  viewLogs,
  unlockScope,
  watchOpening,
  history,
  deployAsk,
  deployFormSubmitted,
  secretSet,
  secretRemove,
  secretRemoveAsk,
  secretDeploy,
  tokenCode,
  tokenDo,
  tokenShow,
  tokenShown,
  linkCode,
  linkDo,
  mfaCode,
  mfaDo,
  mfaStep,
  mfaNumber,
  mfaConfirm,
  accessAgree,
  accessSubmitted,
  accessRefuse,
];
