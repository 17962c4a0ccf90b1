/** A message as somebody reads it on a platform: its words, the labels of what can be pressed, and where links lead. */
export type Shown = { readonly id: string; readonly text: string; readonly buttons: readonly string[]; readonly links: readonly string[] };

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

/** Where a message stands, for whoever presses something on it. */
export type Standing = Shown & { readonly where: 'channel' | 'direct' | 'answer' };

/** A form that has opened, to be filled in and sent. */
export type OpenedForm = {
  readonly title: string;
  /** The labels of its fields, in order. */
  readonly fields: readonly string[];
  /** Sends it; resolves when the platform has its acknowledgement. Fields that are not named stay empty. */
  send(values: Readonly<Record<string, string>>): Promise<void>;
};

/** Somebody where there are forms, and messages to one person alone. */
export interface FormTalker extends Talker {
  /** Messages that Shipmate sent to this person by itself, and that it keeps up to date; oldest first. */
  direct(): Promise<readonly Standing[]>;
  /** The cards of the channel, as `direct` has its messages. */
  cards(): Promise<readonly Standing[]>;
  /** Answers for this person alone, to what they typed and pressed; oldest first. */
  answers(): Promise<readonly Standing[]>;
  /** Presses a button that opens a form; null when it opens none. The answer is private then. */
  open(message: Standing, label: string): Promise<OpenedForm | null>;
}
