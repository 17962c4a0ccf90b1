import type { UseCases } from '../application/use-cases.ts';
import type { CommandContext, Reply } from '../chat/command.ts';
import type { Command } from '../chat/define-command.ts';
import { didYouMean } from '../chat/did-you-mean.ts';
import type { ParsedCommand, Typed } from '../chat/parse-command.ts';
import { clip, plainLine } from '../chat/plain-text.ts';
import { commandLine } from '../chat/usage.ts';
import type { Refusal, RefusalCode } from '../domain/refusal.ts';
import type { ChatCoreParts } from './parts.ts';

/** Which argument a refusal is about, so that its values can be offered. */
const ABOUT: Partial<Record<RefusalCode, readonly string[]>> = {
  unknown_app: ['app'],
  unknown_environment: ['environment'],
  unknown_version: ['version', 'to'],
  image_not_found: ['version'],
  registry_unavailable: ['version'],
  unknown_service: ['service'],
};
const OFFERED = 6;

/** A refusal about a value gets the whole line to type instead, or the values there are. Everything else stays as it is. */
export async function withSuggestion(
  parts: ChatCoreParts,
  context: CommandContext,
  parsed: ParsedCommand<UseCases>,
  reply: Reply,
): Promise<Reply> {
  const { command } = parsed;
  if (reply.kind !== 'refusal' || command === null) return reply;
  const argument = argumentOf(command, parsed, reply.refusal);
  if (argument === null) return reply;
  const values = await valuesOf(parts, command, argument, parsed.typed, context);
  const hint = suggest(command, argument, parsed.typed, values);
  return hint === null ? reply : { kind: 'refusal', refusal: { ...reply.refusal, hint: join(reply.refusal.hint, hint) } };
}

function argumentOf(command: Command<UseCases>, parsed: ParsedCommand<UseCases>, refused: Refusal): string | null {
  if (!parsed.ok) return parsed.missing;
  const names = ABOUT[refused.refused] ?? [];
  return names.find((name) => command.arguments.some((argument) => argument.name === name)) ?? null;
}

async function valuesOf(
  parts: ChatCoreParts,
  command: Command<UseCases>,
  argument: string,
  typed: Typed,
  context: CommandContext,
): Promise<readonly string[]> {
  const texts = Object.fromEntries(Object.entries(typed).flatMap(([name, value]) => (value === true ? [] : [[name, value]])));
  try {
    const completions = (await command.complete?.(parts.useCases, argument, texts, context)) ?? [];
    return completions.map((completion) => completion.value);
  } catch (error) {
    parts.logger.warn({ error, command: command.name, argument }, 'values for a hint could not be read');
    return [];
  }
}

function suggest(command: Command<UseCases>, argument: string, typed: Typed, values: readonly string[]): string | null {
  const value = typed[argument];
  if (typeof value === 'string') {
    const meant = didYouMean(value, values);
    if (meant !== null && meant !== value) return `Did you mean ${meant}? Type: ${commandLine(command, { ...typed, [argument]: meant })}`;
  }
  if (values.length === 0 || typeof value === 'string') return null;
  const shown = values.slice(0, OFFERED).map((each) => clip(plainLine(each), 60));
  return `The ${argument} may be ${shown.join(', ')}${values.length > OFFERED ? ' …' : ''}.`;
}

/** The concrete line stands last, where it is read and copied. */
function join(hint: string | null, more: string): string {
  return hint === null ? more : `${hint}\n${more}`;
}
