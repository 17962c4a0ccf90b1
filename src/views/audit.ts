import type { Message } from '../chat/message.ts';
import type { AuditRecord } from '../domain/audit.ts';
import { composeMessage, header, quiet, strong } from './compose-message.ts';
import { shortId, utcTime } from './wording.ts';

export type AuditFacts = {
  readonly app: string | null;
  readonly environment: string | null;
  readonly records: readonly (AuditRecord & { readonly actorName: string })[];
};

const RESULTS: Readonly<Record<AuditRecord['result'], string>> = { done: '✅ done', refused: '⛔ refused', failed: '🛑 failed' };

/** Who did what when, and what came of it; newest first. */
export function auditView({ app, environment, records }: AuditFacts, now: number): Message {
  const what = app === null ? 'of what you own' : `of ${app}${environment === null ? '' : ` ${environment}`}`;
  const title = `Audit trail ${what}`;
  const more = `All of it, with hashes that can be verified: shipmate audit export${app === null ? '' : ` --app ${app}`}`;
  return composeMessage(records.length === 0 ? `${title}: nothing found` : title, 'neutral', [
    header(title),
    records.length === 0 ? strong('Nothing like this is recorded. Ask for less, for example without --by or --since.') : null,
    {
      type: 'table',
      columns: ['When (UTC)', 'Who', 'What', 'On', 'Result', 'From'],
      rows: records.map((record) => [
        utcTime(record.at, now),
        record.actorName,
        whatWasDone(record),
        record.subject,
        resultOf(record),
        record.source,
      ]),
    },
    quiet(more),
  ]);
}

/** `deployment request 1.2.0`; of a command that was refused or broke, the command. */
function whatWasDone({ action, details }: AuditRecord): string {
  const command = textOf(details['command']);
  if (action.startsWith('command.') && command !== null) return command.startsWith('button:') ? command.replace(':', ' ') : `/${command}`;
  const words = action.replaceAll(/[.\-_]/g, ' ');
  const version = textOf(details['version']);
  const deployment = textOf(details['deployment']);
  return [words, version, version === null && deployment !== null ? shortId(deployment) : null].filter((word) => word !== null).join(' ');
}

function resultOf({ result, details }: AuditRecord): string {
  const why = textOf(details['code']) ?? textOf(details['reason']);
  return result === 'done' || why === null ? RESULTS[result] : `${RESULTS[result]}: ${why.replaceAll('_', ' ')}`;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
