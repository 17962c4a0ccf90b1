/** A message as somebody reads it on a platform: its words, and the labels of what can be pressed. */
export type Shown = { readonly id: string; readonly text: string; readonly buttons: readonly string[] };

/**
 * One person on one platform, speaking its real protocol. The same conversation runs on all of them; what differs between
 * platforms (confirmations, threads, private answers) stays in here.
 */
export interface Talker {
  readonly platform: string;
  /** Types a command line; resolves when the platform has its acknowledgement. */
  say(text: string): Promise<void>;
  /** What everybody sees in the channel, oldest first. */
  channel(): Promise<readonly Shown[]>;
  /** The details below a card. */
  thread(card: Shown): Promise<string>;
  /** What was told to this person alone, oldest first. */
  privately(): Promise<readonly string[]>;
  /** Presses the button and says yes to what it asks. */
  press(card: Shown, label: string): Promise<void>;
  /** Ends with what the platform would not have taken: nothing. */
  leave(): Promise<void>;
}
