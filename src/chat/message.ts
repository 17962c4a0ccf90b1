/**
 * A neutral message: what is said, not how a platform draws it. Each platform renders every element in pure functions
 * that end in `assertNever`, so that a new element without a rendering does not compile.
 * Texts are plain: no markup has a meaning in them, and renderers escape what their platform would interpret.
 */
export type Message = {
  /** One line for notifications, screen readers and platforms without layout. */
  readonly summary: string;
  readonly tone: Tone;
  readonly elements: readonly Element[];
  /** How the process this message follows stands, for programs (an exit code, a test): nobody has to read the words. */
  readonly outcome?: Outcome;
};

export type Outcome = 'pending' | 'success' | 'failure' | 'cancelled';

export type Tone = 'neutral' | 'progress' | 'success' | 'warning' | 'danger';

export type Element =
  | { readonly type: 'header'; readonly text: string }
  | { readonly type: 'text'; readonly text: string; readonly style: 'normal' | 'strong' | 'quiet' }
  | { readonly type: 'fields'; readonly fields: readonly { readonly label: string; readonly value: string }[] }
  /** Where a process stands: one step each, in order. */
  | { readonly type: 'steps'; readonly steps: readonly Step[] }
  /** `value` of `total`; an unknown total is null. */
  | { readonly type: 'progress'; readonly label: string; readonly value: number; readonly total: number | null; readonly detail: string }
  | { readonly type: 'table'; readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly type: 'code'; readonly text: string; readonly title: string | null }
  /** Before and after of single fields. */
  | {
      readonly type: 'changes';
      readonly title: string;
      readonly changes: readonly { readonly path: string; readonly before: string | null; readonly after: string | null }[];
    }
  | { readonly type: 'buttons'; readonly buttons: readonly Button[] }
  /** One of several, at most 25: its action comes with the value of what was chosen as `choice`. Like a button it carries a verb and an id only. */
  | { readonly type: 'select'; readonly action: string; readonly placeholder: string; readonly options: readonly SelectOption[] }
  /** To a page outside of the chat. `url` is http or https, as {@link safeUrl} lets through; others are not shown. */
  | { readonly type: 'link'; readonly label: string; readonly url: string }
  | { readonly type: 'time'; readonly label: string; readonly at: number }
  | { readonly type: 'divider' };

export type Step = {
  readonly label: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'skipped';
  readonly detail: string | null;
};

/** Carries a verb and an id only; state is loaded again and the click is authorized again. */
export type Button = {
  readonly action: string;
  readonly label: string;
  readonly style: 'normal' | 'primary' | 'danger';
  /** Asked before it acts: exactly what will happen. */
  readonly confirm: { readonly title: string; readonly text: string; readonly yes: string; readonly no: string } | null;
};

/** `value` has at most 100 characters and is never cut. */
export type SelectOption = { readonly value: string; readonly label: string };

/** A form asked of one person; submitted as the same kind of action with values. */
export type Form = {
  readonly action: string;
  readonly title: string;
  readonly submit: string;
  readonly fields: readonly FormField[];
};

export type FormField =
  | {
      readonly type: 'select';
      readonly name: string;
      readonly label: string;
      readonly options: readonly { readonly value: string; readonly label: string }[];
      readonly initial: string | null;
      readonly optional: boolean;
    }
  | {
      readonly type: 'input';
      readonly name: string;
      readonly label: string;
      readonly placeholder: string;
      readonly initial: string | null;
      readonly optional: boolean;
      readonly multiline: boolean;
      /**
       * A command line whose end is completed while somebody types, `{field}` standing for what another field holds
       * (`/deploy {app} {environment} `): what completes it is offered, anything may be typed.
       */
      readonly completes?: string;
      /** Digits of an authenticator app: a telephone shows its number keys, and nothing remembers them. */
      readonly isOneTimeCode?: boolean;
      /** What is typed here is a secret: nothing fills it in again, and it is hidden on the screen where the platform can. */
      readonly isSecret?: boolean;
      /** `initial` is a value that is shown here and never again: it is read and copied, nothing is typed. */
      readonly isShownOnce?: boolean;
    };

export function assertNever(value: never): never {
  throw new Error(`unhandled variant: ${JSON.stringify(value)}`);
}
