import type { z } from 'zod';
import type { Person } from '../domain/deployment.ts';
import type { Permission } from '../domain/permissions.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Form, Message } from './message.ts';

/**
 * One chat command. Slack's text parsing, Discord's options, the browser's and the terminal's completion, the CLI,
 * `/help` and the README's table are all derived from this. `App` is what handlers work with (the composition root gives it).
 */
export type CommandDefinition<App, Schema extends z.ZodObject = z.ZodObject> = {
  readonly name: string;
  /** One line, imperative, no full stop. */
  readonly summary: string;
  /** Positional arguments in order are the schema's keys listed in `positional`; other keys are `--key value` flags. */
  readonly schema: Schema;
  readonly positional: readonly (keyof z.infer<Schema> & string)[];
  /** Needed on the app named by the `app` argument; null for commands about no app. Checked by the dispatcher before the handler runs. */
  readonly permission: Permission | null;
  /** Does it change the environment named by `environment`? Then the environment's deployers are checked too. */
  readonly changesEnvironment: boolean;
  readonly examples: readonly { readonly text: string; readonly explains: string }[];
  /** Values for one argument, given what is typed so far. */
  readonly complete?: (
    app: App,
    argument: string,
    typed: Readonly<Record<string, string>>,
    context: CommandContext,
  ) => Promise<readonly Completion[]>;
  /** What is typed beyond its arguments may be a secret: it is neither repeated nor stored. */
  readonly conceals?: boolean;
  /** Can the answer to these arguments be a form? Some platforms have to know before the handler runs. */
  readonly opensForm?: (typed: Readonly<Record<string, string | true>>) => boolean;
  /** Asks for the arguments when none is given, where the platform has forms. Submitting it is an action of its own. */
  readonly form?: (app: App, context: CommandContext) => Promise<Form>;
  readonly handle: (app: App, args: z.infer<Schema>, context: CommandContext) => Promise<Reply>;
};

export type Completion = { readonly value: string; readonly label: string };

export type CommandContext = {
  readonly person: Person;
  readonly platform: string;
  readonly channel: string;
  /** The delivery's own id; effects are keyed by it. */
  readonly deliveryId: string;
  readonly now: number;
};

/** What a command or a click answers. Errors are private, results public. */
export type Reply =
  | {
      readonly kind: 'message';
      readonly visibility: 'private' | 'public';
      /** What a public answer tells about: in the browser chat only whoever may see this app reads it. Null or left out: it tells nothing of any. */
      readonly app?: string | null;
      readonly message: Message;
    }
  /** The answer is the deployment's live card, which the projection posts to the channel and keeps up to date. */
  | { readonly kind: 'card'; readonly deploymentId: string }
  | { readonly kind: 'form'; readonly form: Form }
  | { readonly kind: 'refusal'; readonly refusal: Refusal };

/** A button or form, by its verb. Authorized again on every click. */
export type ActionDefinition<App> = {
  readonly verb: string;
  /** Its answer may be a form: platforms that must answer with one at once have to know before. */
  readonly opensForm?: boolean;
  readonly handle: (app: App, id: string, values: Readonly<Record<string, string>>, context: CommandContext) => Promise<Reply>;
};
