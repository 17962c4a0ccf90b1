import { formatAction } from '../chat/action-id.ts';
import type { Message } from '../chat/message.ts';
import { type ApiToken, whyOver } from '../domain/api-token.ts';
import { composeMessage, fields, header, quiet, strong, text } from './compose-message.ts';
import { utcTime } from './wording.ts';

/** Confirmed, and not made yet: that happens while its maker looks. */
export function readyTokenView({ confirmed, name }: { readonly confirmed: string; readonly name: string }): Message {
  return composeMessage(`The token ${name} can be made`, 'success', [
    strong(`🔑 Confirmed. The token ${name} is made when you look at it, and shown once.`),
    {
      type: 'buttons',
      buttons: [{ action: formatAction('token-show', confirmed), label: 'Show the token', style: 'primary', confirm: null }],
    },
    quiet('Within ten minutes; otherwise none is made.'),
  ]);
}

/** After its form: everything but the token. */
export function createdTokenView({ id, name, scope, expiresAt }: ApiToken): Message {
  return composeMessage(`The token ${name} is in force`, 'success', [
    strong(`🔑 The token ${name} is in force.`),
    fields([
      ['Apps', scope.apps.join(', ')],
      ['Environments', scope.environments.join(', ')],
      ['May', scope.permissions.join(', ')],
      ['Id', id],
    ]),
    { type: 'time', label: 'Expires', at: expiresAt },
    quiet(`It may never more than you may at that moment. To end it: /token revoke ${id}`),
  ]);
}

export function tokensView(tokens: readonly ApiToken[], now: number): Message {
  return composeMessage('Tokens for programs', 'neutral', [
    header('Tokens for programs'),
    tokens.length === 0 ? text('None. Type: /token create <name> --app <app> --environment <environment>') : null,
    {
      type: 'table',
      columns: ['Name', 'Id', 'For', 'May', 'Made by', 'State', 'Last used'],
      rows: tokens.map((token) => [
        token.name,
        token.id,
        `${token.scope.apps.join(', ')} · ${token.scope.environments.join(', ')}`,
        token.scope.permissions.join(', '),
        token.maker.name,
        stateOf(token, now),
        token.lastUsedAt === null ? 'never' : utcTime(token.lastUsedAt, now),
      ]),
    },
  ]);
}

export function revokedTokenView({ name }: ApiToken): Message {
  return composeMessage(`The token ${name} is revoked`, 'success', [
    strong(`The token ${name} is revoked. Nothing is done with it any more.`),
  ]);
}

function stateOf(token: ApiToken, now: number): string {
  switch (whyOver(token, now)) {
    case 'revoked':
      return 'revoked';
    case 'expired':
      return 'expired';
    default:
      return `until ${utcTime(token.expiresAt, now)}`;
  }
}
