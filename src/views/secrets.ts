import { formatAction } from '../chat/action-id.ts';
import type { Button, Message } from '../chat/message.ts';
import type { FactorRequest } from '../domain/confirmation.ts';
import type { SecretTarget, SecretUse, SecretVersion } from '../domain/secret.ts';
import { composeMessage, header, quiet, strong, text } from './compose-message.ts';
import { names, shortId, utcTime } from './wording.ts';

type Place = Omit<SecretTarget, 'name'>;
type Written = { readonly secret: SecretVersion; readonly uses: readonly SecretUse[]; readonly isDeployed: boolean };

/** After `/secret set` and `/secret remove`: what it changes, and what to do so that it does. */
export function writtenSecretView({ secret, uses, isDeployed }: Written): Message {
  const { app, environment, name, version } = secret;
  if (secret.kind === 'removed') {
    return composeMessage(`${name} of ${app} ${environment} is removed`, 'success', [
      strong(`🗑️ ${name} of ${app} ${environment} is removed.`),
      text(uses.length === 0 ? 'No release delivers it.' : `${sentenceOf(uses)} It goes on with its own copy, and can be rolled back to.`),
      uses.length === 0 ? null : quiet('Take it out of the Compose file before the next deployment: one that names it is refused.'),
    ]);
  }
  const summary = `${name} of ${app} ${environment} is set: version ${version}`;
  const again = `/deploy ${app} ${environment}`;
  const key = name.toLowerCase();
  return composeMessage(summary, 'success', [
    strong(`🔑 ${summary}.`),
    ...(uses.length === 0
      ? [
          text(`No release of ${app} ${environment} delivers it yet. Name it in the Compose file, and under the service’s secrets:`),
          { type: 'code' as const, text: `secrets:\n  ${key}:\n    environment: ${name}`, title: null },
          quiet(`The program reads /run/secrets/${key}.`),
        ]
      : [text(`${sentenceOf(uses)} It keeps the value it has until you deploy again: ${again}`)]),
    isDeployed && uses.length > 0 ? { type: 'buttons', buttons: [deployAgain(secret)] } : null,
  ]);
}

function deployAgain({ app, environment }: Place): Button {
  return {
    action: formatAction('secret-deploy', `${app}.${environment}`),
    label: `Deploy ${environment} again`,
    style: 'primary',
    confirm: {
      title: `Deploy ${app} ${environment} again?`,
      text: 'The version that runs, with what changed in its secrets and its definition.',
      yes: 'Deploy',
      no: 'Not now',
    },
  };
}

export function secretListView({ app, environment }: Place, secrets: readonly SecretVersion[], now: number): Message {
  const title = `Secrets of ${app} ${environment}`;
  return composeMessage(title, 'neutral', [
    header(title),
    secrets.length === 0 ? text(`None yet. Type: /secret set ${app} ${environment} <NAME>`) : null,
    {
      type: 'table',
      columns: ['Name', 'Version', 'Set by', 'When (UTC)'],
      rows: secrets.map(({ name, version, by, at }) => [name, String(version), by.name, utcTime(at, now)]),
    },
    secrets.length === 0 ? null : quiet('Nothing shows a value. To change one, set it again.'),
  ]);
}

export function secretHistoryView({ app, environment }: Place, versions: readonly SecretVersion[], now: number): Message {
  const title = `Secrets of ${app} ${environment}: what was written`;
  return composeMessage(title, 'neutral', [
    header(title),
    versions.length === 0 ? text('Nothing yet.') : null,
    {
      type: 'table',
      columns: ['When (UTC)', 'Name', 'What', 'By'],
      rows: versions.map(({ name, version, kind, by, at }) => [
        utcTime(at, now),
        name,
        kind === 'set' ? `version ${version}` : 'removed',
        by.name,
      ]),
    },
  ]);
}

/** Asked of one person before anything happens. */
export function removalQuestion(
  { secret, uses, asksFactor }: { secret: SecretVersion; uses: readonly SecretUse[]; asksFactor: boolean },
  now: number,
): Message {
  const { id, app, environment, name, version, by, at } = secret;
  const title = `Remove ${name} of ${app} ${environment}?`;
  return composeMessage(title, 'warning', [
    header(title),
    text(`Version ${version}, set by ${by.name}, ${utcTime(at, now)} UTC. Its value cannot be had back.`),
    strong(
      uses.length === 0
        ? 'No release delivers it.'
        : `${sentenceOf(uses)} It keeps its copy; the next deployment that names it is refused.`,
    ),
    {
      type: 'buttons',
      buttons: [
        {
          action: formatAction(asksFactor ? 'secret-remove-ask' : 'secret-remove', id),
          label: `Remove ${name}`,
          style: 'danger',
          confirm: null,
        },
      ],
    },
    quiet('Nothing was done yet.'),
  ]);
}

/** What was typed is kept sealed until it is confirmed on the page, and for a few minutes only. */
export function confirmSecretView({ factorRequest: { url, expiresAt } }: FactorRequest): Message {
  if (url === null) {
    return composeMessage('This asks for your second factor', 'warning', [
      strong('This asks for your second factor, so nothing was done.'),
      text('Do it again, with the code of your authenticator app. Nothing that you typed was kept.'),
    ]);
  }
  return composeMessage('Confirm it with your passkey', 'warning', [
    strong('Confirm it with your passkey:'),
    text(url),
    { type: 'time', label: 'It works once, for you; it expires', at: expiresAt },
    quiet('Nothing was done yet.'),
  ]);
}

function sentenceOf(uses: readonly SecretUse[]): string {
  const said = uses.map((use) =>
    use.kind === 'revision'
      ? `revision ${use.revision} (${use.version}), which runs`
      : `${use.version} (${shortId(use.deployment)}, ${use.state.replaceAll('_', ' ')})`,
  );
  return `It is delivered by ${names(said)}.`;
}
