import type { Command } from '../src/chat/define-command.ts';
import type { Person } from '../src/domain/deployment.ts';
import { isName } from '../src/domain/names.ts';
import { type Refusal, refusal } from '../src/domain/refusal.ts';
import { ALL, type Scope } from '../src/domain/scope.ts';
import type { App } from './app.ts';
import { completeTarget } from './complete-target.ts';

/**
 * `shop staging`, `shop all`, `all`, `all production`. After `all`, a word that is no environment is whatever comes next (a reason):
 * `rest` is what was typed behind the scope.
 */
export async function readScope(
  useCases: App,
  command: string,
  person: Person,
  typed: { readonly app: string; readonly environment?: string | undefined },
): Promise<{ readonly scope: Scope; readonly rest: string | null } | Refusal> {
  const app = typed.app === ALL ? null : typed.app;
  const word = typed.environment?.toLowerCase();
  if (word === ALL) return { scope: { app, environment: null }, rest: null };
  if (app === null) {
    const isEnvironment = word !== undefined && (await environmentsOf(useCases, person, ALL)).includes(word);
    return { scope: { app, environment: isEnvironment ? word : null }, rest: isEnvironment ? null : (typed.environment ?? null) };
  }
  if (word !== undefined && isName(word)) return { scope: { app, environment: word }, rest: null };
  const environments = [...(await environmentsOf(useCases, person, app)), ALL];
  return refusal(
    'invalid_arguments',
    word === undefined ? `Which environment of ${app}?` : `“${typed.environment}” is no environment.`,
    `Type: ${environments.map((name) => `/${command} ${app} ${name}`).join(' or ')}`,
  );
}

async function environmentsOf(useCases: App, person: Person, app: string): Promise<readonly string[]> {
  if (app !== ALL) return useCases.suggestEnvironments(person, app);
  const apps = await useCases.suggestApps(person);
  return [...new Set((await Promise.all(apps.map((one) => useCases.suggestEnvironments(person, one)))).flat())];
}

/** As for other commands, with `all` besides. */
export const completeScope: NonNullable<Command<App>['complete']> = async (useCases, argument, typed, context) => {
  if (argument === 'app') return [...(await completeTarget(useCases, argument, typed, context)), { value: ALL, label: 'every app' }];
  if (argument !== 'environment') return [];
  const environments = await environmentsOf(useCases, context.person, typed['app'] ?? '');
  return [...environments.map((value) => ({ value, label: '' })), { value: ALL, label: 'every environment' }];
};
