import type { Command } from '../src/chat/define-command.ts';
import { access } from './access.ts';
import type { App } from './app.ts';
import { approvals, approve, reject } from './approve.ts';
import { apps } from './apps.ts';
import { audit } from './audit.ts';
import { breakGlass, reviews } from './break-glass.ts';
import { cancel } from './cancel.ts';
import { deploy } from './deploy.ts';
import { diff } from './diff.ts';
import { doctor } from './doctor.ts';
import { freeze, freezes, unfreeze } from './freeze.ts';
import { createHelp } from './help.ts';
import { history } from './history.ts';
import { link, unlink } from './link.ts';
import { lock, locks, unlock } from './lock.ts';
import { logs } from './logs.ts';
import { mfa } from './mfa.ts';
import { plan } from './plan.ts';
import { promote } from './promote.ts';
import { rollback } from './rollback.ts';
import { secret } from './secret.ts';
import { signOut } from './sign-out.ts';
import { status } from './status.ts';
import { subscribe, subscriptions, unsubscribe } from './subscribe.ts';
import { token } from './token.ts';
import { whoami } from './whoami.ts';

const withoutHelp: readonly Command<App>[] = [
  deploy,
  rollback,
  promote,
  status,
  plan,
  diff,
  history,
  logs,
  cancel,
  approvals,
  approve,
  reject,
  breakGlass,
  reviews,
  apps,
  secret,
  token,
  lock,
  unlock,
  locks,
  freeze,
  unfreeze,
  freezes,
  subscribe,
  subscriptions,
  unsubscribe,
  link,
  unlink,
  mfa,
  signOut,
  whoami,
  access,
  audit,
  doctor,
];

/** Every command, in the order in which help and README list them. */
export const commands: readonly Command<App>[] = [...withoutHelp, createHelp(withoutHelp)];
