import type { KnownBlock } from '@slack/types';
import type { Message, Tone } from '../../src/chat/message.ts';
import { SLACK_LIMITS } from './limits.ts';
import { numberButtons } from './number-buttons.ts';
import { createBudget, renderElement } from './render-element.ts';
import { inertLine, plainObject } from './text-objects.ts';

export type RenderedMessage = {
  /** For notifications and screen readers; `blocks` are what is seen. */
  readonly text: string;
  readonly blocks: KnownBlock[];
};

/** As a character and not as a code: `:name:` is interpreted nowhere here. A message that shows a picture of its own needs no other. */
function markOf({ tone, summary }: Message): string {
  return /\p{Extended_Pictographic}/u.test(summary) ? '' : MARKS[tone];
}

const MARKS: Readonly<Record<Tone, string>> = { neutral: '', progress: '⏳ ', success: '✅ ', warning: '⚠️ ', danger: '❌ ' };

/** A neutral message as Slack takes it, cut to Slack's limits. Pure. */
export function renderMessage(message: Message): RenderedMessage {
  return {
    text: markOf(message) + inertLine(message.summary, SLACK_LIMITS.messageText / 4),
    blocks: renderBlocks(message, SLACK_LIMITS.messageBlocks),
  };
}

/** The same on a page of its own (App Home), which has no notification. */
export function renderBlocks(message: Message, max: number): KnownBlock[] {
  const { elements, summary } = message;
  const budget = createBudget();
  const firstHeader = elements.find((element) => element.type === 'header');
  const blocks = numberButtons(elements).flatMap((element) => {
    return renderElement(element, { mark: element === firstHeader ? markOf(message) : '', budget });
  });
  if (blocks.length === 0) return [{ type: 'section', text: plainObject(markOf(message) + summary, SLACK_LIMITS.sectionText) }];
  return blocks.length <= max ? blocks : [...keepButtons(blocks, max - 1), CUT];
}

const CUT: KnownBlock = { type: 'context', elements: [plainObject('… more than Slack shows in one message', SLACK_LIMITS.contextText)] };

/** What does not fit is left out from the end, but never the last buttons: a message without a way on is worse than a shorter one. */
function keepButtons(blocks: readonly KnownBlock[], max: number): KnownBlock[] {
  const last = blocks.findLast((block) => block.type === 'actions');
  const kept = blocks.slice(0, max);
  return last === undefined || kept.includes(last) ? kept : [...kept.slice(0, max - 1), last];
}
