import { ComponentType } from 'discord.js';
import type { APIComponentInContainer, APIContainerComponent, APIMessageTopLevelComponent } from 'discord-api-types/v10';
import { assertNever, type Element, type Message, type Tone } from '../../src/chat/message.ts';
import { plainLine } from '../../src/chat/plain-text.ts';
import { escapeWithin } from './escape-markdown.ts';
import { fairLimit } from './fair-limit.ts';
import type { MessageIdentity } from './identity-of-message.ts';
import { DISCORD_LIMITS } from './limits.ts';
import type { Block } from './lines.ts';
import { markdownBlock, type TextElement } from './markdown-blocks.ts';
import { type MessagePayload, messagePayload } from './payload.ts';
import { buttonRows, linkRow, type Row } from './render-buttons.ts';
import { type SelectRow, selectRow } from './render-select.ts';

/**
 * A neutral message as Discord takes it: one container whose bar shows the tone, the elements in their order. Whatever does not fit is cut
 * fairly: long elements give way first, buttons last. `identity` makes it findable; null for answers that nobody looks for.
 */
export function renderMessage(message: Message, identity: MessageIdentity | null = null): MessagePayload {
  const pieces = withinComponents(piecesOf(message));
  const blocks = pieces.flatMap((piece) => (piece.kind === 'text' ? piece.blocks : []));
  const limit = fairLimit(
    blocks.map((block) => block(DISCORD_LIMITS.text).length + 1),
    DISCORD_LIMITS.text,
  );
  const children = pieces.flatMap((piece) => childrenOf(piece, limit));
  return messagePayload(contained(children, message, identity));
}

type Piece =
  | { readonly kind: 'text'; readonly group: Group; readonly blocks: Block[] }
  | { readonly kind: 'row'; readonly row: Row | SelectRow }
  | { readonly kind: 'divider' };

/** Texts of one kind that follow one another are one component; between components Discord leaves a little space. */
function piecesOf(message: Message): readonly Piece[] {
  const usedIds = new Set<string>();
  const pieces: Piece[] = [];
  const say = (group: Group, block: Block) => {
    const last = pieces.at(-1);
    if (last?.kind === 'text' && last.group === group) last.blocks.push(block);
    else pieces.push({ kind: 'text', group, blocks: [block] });
  };
  const add = (element: Element) => {
    if (element.type === 'buttons') pieces.push(...buttonRows(element.buttons, usedIds).map((row) => ({ kind: 'row', row }) as const));
    else if (element.type === 'select') pieces.push(...selectRow(element, usedIds).map((row) => ({ kind: 'row', row }) as const));
    else if (element.type === 'link') pieces.push(...linkRow(element).map((row) => ({ kind: 'row', row }) as const));
    else if (element.type === 'divider') pieces.push({ kind: 'divider' });
    else say(groupOf(element), markdownBlock(element));
  };
  if (message.elements.length === 0) say('said', (max) => escapeWithin(plainLine(message.summary), max));
  for (const element of message.elements) add(element);
  return pieces;
}

type Group = 'said' | 'facts' | 'work' | 'detail' | 'foot';

function groupOf(element: TextElement): Group {
  switch (element.type) {
    case 'header':
      return 'said';
    case 'text':
      return element.style === 'quiet' ? 'foot' : 'said';
    case 'fields':
      return 'facts';
    case 'steps':
    case 'progress':
      return 'work';
    case 'table':
    case 'code':
    case 'changes':
      return 'detail';
    case 'time':
      return 'foot';
    default:
      return assertNever(element);
  }
}

/** Where there are too many: no space between texts, then no dividers, then fewer rows of buttons, the last ones first. */
function withinComponents(pieces: readonly Piece[]): readonly Piece[] {
  const cost = 1 + pieces.reduce((sum, piece) => sum + costOf(piece), 0);
  let kept = cost > DISCORD_LIMITS.components ? joined(pieces) : pieces;
  for (const kind of ['divider', 'row'] as const) {
    while (1 + kept.reduce((sum, piece) => sum + costOf(piece), 0) > DISCORD_LIMITS.components) {
      const index = kept.findLastIndex((piece) => piece.kind === kind);
      if (index === -1) break;
      kept = joined(kept.filter((_, at) => at !== index));
    }
  }
  return kept;
}

function costOf(piece: Piece): number {
  return piece.kind === 'row' ? 1 + piece.row.components.length : 1;
}

function joined(pieces: readonly Piece[]): readonly Piece[] {
  const sum: Piece[] = [];
  for (const piece of pieces) {
    const last = sum.at(-1);
    if (last?.kind === 'text' && piece.kind === 'text') sum[sum.length - 1] = { ...last, blocks: [...last.blocks, ...piece.blocks] };
    else sum.push(piece);
  }
  return sum;
}

function childrenOf(piece: Piece, limit: number): readonly APIComponentInContainer[] {
  switch (piece.kind) {
    case 'text': {
      const texts = piece.blocks.map((block) => block(limit - 1)).filter((text) => text.trim() !== '');
      return texts.length === 0 ? [] : [{ type: ComponentType.TextDisplay, content: texts.join('\n') }];
    }
    case 'row':
      return [piece.row];
    case 'divider':
      return [{ type: ComponentType.Separator }];
  }
}

const ACCENTS: Readonly<Record<Tone, number>> = {
  neutral: 0x80848e,
  progress: 0x5865f2,
  success: 0x23a55a,
  warning: 0xf0b232,
  danger: 0xf23f43,
};

/** A message of nothing is refused by Discord; its one line is better than a fault. */
const NOTHING: APIComponentInContainer = { type: ComponentType.TextDisplay, content: '…' };

function contained(
  children: readonly APIComponentInContainer[],
  message: Message,
  identity: MessageIdentity | null,
): APIMessageTopLevelComponent[] {
  const isText = (child: APIComponentInContainer) => child.type === ComponentType.TextDisplay;
  const all = children.some(isText) ? children : [NOTHING, ...children];
  const firstText = all.findIndex(isText);
  const container: APIContainerComponent = {
    type: ComponentType.Container,
    accent_color: ACCENTS[message.tone],
    components: all.map((child, index) => (identity !== null && index === firstText ? { ...child, id: identity.text } : child)),
  };
  return [identity === null ? container : { ...container, id: identity.container }];
}
