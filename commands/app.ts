import type { z } from 'zod';
import type { UseCases } from '../src/application/use-cases.ts';
import type { CommandDefinition } from '../src/chat/command.ts';
import { type Command, defineCommand } from '../src/chat/define-command.ts';

/** What handlers work with. */
export type App = UseCases;

/** A command of this folder, its arguments typed by its own schema. */
export function command<Schema extends z.ZodObject>(definition: CommandDefinition<App, Schema>): Command<App> {
  return defineCommand(definition);
}
