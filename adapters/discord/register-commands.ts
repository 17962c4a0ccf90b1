import { isSameJson } from '../../src/domain/json.ts';
import type { ApplicationCommand } from './application-commands.ts';
import type { DiscordRest } from './rest.ts';

/**
 * Makes the application's commands the given ones. Reads first and writes only when something differs: each start of each
 * instance may call it, and Discord allows few writes a day. Throws what the requests threw.
 */
export async function registerCommands(
  rest: DiscordRest,
  applicationId: string,
  commands: readonly ApplicationCommand[],
): Promise<'unchanged' | 'registered'> {
  const path = `/applications/${applicationId}/commands` as const;
  const registered = await rest.request('GET', { path });
  if (isSameJson(comparable(registered), comparable(commands))) return 'unchanged';
  await rest.request('PUT', { path }, [...commands]);
  return 'registered';
}

/** Only what we set, in one order: Discord adds ids, versions and defaults, and leaves out what is false. */
function comparable(commands: unknown): unknown {
  const list = Array.isArray(commands) ? commands.filter(isRecord) : [];
  return list
    .map((command) => ({
      ...described(command),
      type: command['type'] ?? 1,
      contexts: sorted(command['contexts']),
      integration_types: sorted(command['integration_types']),
      options: records(command['options']).map((option) => ({
        ...described(option),
        type: option['type'],
        required: option['required'] === true,
        autocomplete: option['autocomplete'] === true,
        choices: records(option['choices']).map(({ name, value }) => ({ name, value })),
      })),
    }))
    .sort((a, b) => (String(a.name) < String(b.name) ? -1 : 1));
}

function described({ name, description }: Record<string, unknown>) {
  return { name, description };
}

function records(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function sorted(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? [...value].sort() : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
