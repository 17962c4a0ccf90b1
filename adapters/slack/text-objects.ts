import type { MrkdwnElement, PlainTextElement } from '@slack/types';
import { clip, plainLine, plainText } from '../../src/chat/plain-text.ts';

/** Slack refuses empty texts; this stands in for one. */
export const NOTHING = '–';

/** Never interpreted: no markup, no mention, no link, and with `emoji: false` no `:x:` either. */
export function plainObject(text: string, max: number): PlainTextElement {
  return { type: 'plain_text', text: clip(plainText(text).trim(), max) || NOTHING, emoji: false };
}

export function plainLineObject(text: string, max: number): PlainTextElement {
  return plainObject(plainLine(text), max);
}

/** For markup of our own only; people's text never gets in here. `verbatim`: names and addresses in it are no links. */
export function ownMarkup(text: string): MrkdwnElement {
  return { type: 'mrkdwn', text, verbatim: true };
}

/** The three characters with a meaning in Slack's markup: https://docs.slack.dev/messaging/formatting-message-text#escaping. */
export function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Joins what stands around it and shows as nothing (U+2060). */
const WORD_JOINER = '\u2060';

/**
 * People's text where Slack always reads its markup (the `text` of a message, which notifications show): references cannot
 * arise, and what would start formatting or name an emoji is kept apart from what follows, so that it reads as it was written.
 */
export function inertLine(text: string, max: number): string {
  const line = escapeMarkup(clip(plainLine(text), max)).replace(/[*_~`:@#]/g, (mark) => `${mark}${WORD_JOINER}`);
  return line || NOTHING;
}
