import type { Message } from '../chat/message.ts';
import type { Closure } from '../domain/environment-gate.ts';
import { closureMark } from './closure.ts';
import { composeMessage, header, quiet, text } from './compose-message.ts';
import { count } from './wording.ts';

export type AppFacts = {
  readonly app: string;
  readonly description: string;
  readonly role: string;
  readonly environments: readonly {
    readonly environment: string;
    readonly version: string | null;
    readonly open: number;
    readonly protected: boolean;
    readonly closure: Closure | null;
  }[];
};

/** The apps one person may see, and what each environment runs. */
export function appsView(apps: readonly AppFacts[]): Message {
  return composeMessage(apps.length === 0 ? 'You have no role in any app' : count(apps.length, 'app'), 'neutral', [
    header('Your apps'),
    apps.length === 0 ? text('You have no role in any app. An owner gives you one under `roles` of the app in shipmate.yml.') : null,
    {
      type: 'table',
      columns: ['App', 'Your role', 'Environments', 'What it is'],
      rows: apps.map((app) => [app.app, app.role, app.environments.map(environment).join(', ') || '–', app.description]),
    },
    apps.some((app) => app.environments.some((candidate) => candidate.protected)) ? quiet('🔒 needs approvals') : null,
    apps.some((app) => app.environments.some(({ closure }) => closure !== null))
      ? quiet('⛔ locked or frozen now: /locks, /freezes')
      : null,
  ]);
}

function environment(facts: AppFacts['environments'][number]): string {
  const busy = facts.open > 0 ? ` (${facts.open} under way)` : '';
  return `${closureMark(facts.closure)}${facts.protected ? '🔒' : ''}${facts.environment} ${facts.version ?? '–'}${busy}`;
}
