import { formatAction } from '../chat/action-id.ts';
import type { Message } from '../chat/message.ts';
import type { DeployLock } from '../domain/deploy-lock.ts';
import type { Deployment } from '../domain/deployment.ts';
import { scopeName } from '../domain/scope.ts';
import { type PendingFacts, pendingElements } from './approvals.ts';
import type { AppFacts } from './apps.ts';
import { closureMark } from './closure.ts';
import { composeMessage, header, quiet, strong, text } from './compose-message.ts';
import { deploymentTitle } from './deployment-title.ts';
import { count, shortId, utcTime } from './wording.ts';

type HomeFacts = {
  readonly name: string;
  readonly apps: readonly AppFacts[];
  /** What waits for approval, that this person may decide about or has asked for. */
  readonly pending: readonly PendingFacts[];
  readonly locks: readonly DeployLock[];
  /** How many deployments went past their approvals, and nobody has looked at. */
  readonly unreviewed: number;
  /** Of those apps: the newest first. */
  readonly open: readonly Deployment[];
  /** The latest that this person asked for. */
  readonly own: readonly Deployment[];
};

/** What concerns one person now: what waits for them, what is under way in their apps, what is closed, what runs there. */
export function homeView({ name, apps, pending, locks, unreviewed, open, own }: HomeFacts, now: number): Message {
  return composeMessage(`Shipmate for ${name}`, 'neutral', [
    header(`Ahoy, ${name}`),
    apps.length === 0 ? text('You have no role in any app yet. /whoami says how to get one.') : null,
    apps.length === 0
      ? null
      : { type: 'buttons', buttons: [{ action: formatAction('deploy-ask', 'home'), label: 'Deploy…', style: 'primary', confirm: null }] },
    ...pendingElements(pending),
    unreviewed === 0 ? null : text(`🚨 ${count(unreviewed, 'deployment')} went past the approvals and wait to be looked at: /reviews`),
    open.length === 0 ? null : strong('Under way'),
    {
      type: 'table',
      columns: ['What', 'State', 'Asked by', 'Id'],
      rows: open.map((one) => [deploymentTitle(one), one.state.replaceAll('_', ' '), one.requester.name, shortId(one.id)]),
    },
    locks.length === 0 ? null : strong('Locked'),
    {
      type: 'table',
      columns: ['What', 'By', 'Because', 'Until (UTC)'],
      rows: locks.map(({ scope, holder, reason, expiresAt }) => [
        scopeName(scope),
        holder.name,
        reason ?? '–',
        expiresAt === null ? 'released' : utcTime(expiresAt, now),
      ]),
    },
    apps.length === 0 ? null : strong('Your apps'),
    {
      type: 'table',
      columns: ['App', 'Your role', 'Runs'],
      rows: apps.map((app) => [
        app.app,
        app.role,
        app.environments
          .map((one) => `${closureMark(one.closure)}${one.protected ? '🔒' : ''}${one.environment} ${one.version ?? '–'}`)
          .join(', '),
      ]),
    },
    own.length === 0 ? null : strong('Asked for by you'),
    {
      type: 'table',
      columns: ['What', 'Came to', 'When (UTC)'],
      rows: own.map((one) => [deploymentTitle(one), one.state.replaceAll('_', ' '), utcTime(one.requestedAt, now)]),
    },
    quiet('/status shows what runs, /history what was done, /help everything.'),
  ]);
}
