import type { Offer } from './refusal.ts';

/** Something that one person is told alone, without having asked. */
export type Notice = {
  /** Each notice is told once: the same key again changes its text. */
  readonly key: string;
  readonly tone: 'neutral' | 'warning' | 'danger';
  readonly title: string;
  readonly lines: readonly string[];
  /** Moments that matter, for each reader in their own time zone. */
  readonly times?: readonly { readonly label: string; readonly at: number }[];
  /** What can be done about it with one click. */
  readonly offers?: readonly Offer[];
};
