import { useMemo } from 'preact/hooks';
import type { StoredMessage } from '../../../../src/domain/stored-message.ts';
import type { Chat } from '../chat.ts';
import { html, type View } from '../html.ts';
import { linkified, readContent } from '../model/content.ts';
import { clockTime, fullTime } from '../model/time.ts';
import { Avatar, BotAvatar } from './avatar.ts';
import { Card } from './card.ts';
import { Icon } from './icons.ts';
import { RelativeTime } from './relative-time.ts';

type MessageItemProps = {
  chat: Chat;
  message: StoredMessage;
  isFirst: boolean;
  replies: number;
  lastReplyAt: number | null;
  acting: ReadonlySet<string>;
  isOpenThread: boolean;
  /** In a thread there is no further thread. */
  isInThread?: boolean;
};

/** One message. Drawn again only when something of its own changed: the others keep their nodes, focus and selection. */
export function MessageItem(props: MessageItemProps): View {
  const { message, isFirst, replies, lastReplyAt, isOpenThread, isInThread = false } = props;
  const acting = [...props.acting].filter((key) => key.startsWith(`${message.id} `)).join();
  return useMemo(() => draw(props), [message, isFirst, replies, lastReplyAt, isOpenThread, isInThread, acting]);
}

function draw({ chat, message, isFirst, replies, lastReplyAt, acting, isOpenThread, isInThread }: MessageItemProps): View {
  const { author } = message;
  const name = author.kind === 'bot' ? 'Shipmate' : author.name;
  const isPrivate = message.privateTo !== null;
  const classes = ['message', isFirst && 'is-first', isPrivate && 'is-private', isOpenThread && 'is-open'].filter(Boolean).join(' ');
  return html`<article class=${classes} data-message=${message.id} aria-label=${`${name}, ${clockTime(message.createdAt)}`}>
    ${isFirst ? (author.kind === 'bot' ? html`<${BotAvatar} />` : html`<${Avatar} id=${author.id} name=${author.name} />`) : html`<${ShortTime} at=${message.createdAt} />`}
    <div class="message-body">
      ${
        isFirst &&
        html`<header class="message-head">
          <strong class="author"><bdi>${name}</bdi></strong>${author.kind === 'bot' && html`<span class="bot-badge">Bot</span>`}
          <time class="at" datetime=${new Date(message.createdAt).toISOString()} title=${fullTime(message.createdAt)}>${clockTime(message.createdAt)}</time>
        </header>`
      }
      ${
        isPrivate &&
        html`<p class="private-note"><${Icon} name="eye" />Only visible to you
          <button type="button" class="link-button" onClick=${() => chat.dismiss(message.id)}>Dismiss</button>
        </p>`
      }
      <${Body} chat=${chat} message=${message} acting=${acting} />
      ${
        !isInThread &&
        replies > 0 &&
        html`<button type="button" class="replies" onClick=${() => chat.openThread(message.id)}>
          <${Icon} name="thread" /><b>${replies === 1 ? '1 reply' : `${replies} replies`}</b>
          ${lastReplyAt !== null && html`<span>Last <${RelativeTime} at=${lastReplyAt} /></span>`}
        </button>`
      }
    </div>
    ${
      !isInThread &&
      !isPrivate &&
      html`<div class="message-tools">
        <button type="button" class="icon-button" aria-label="Reply in thread" title="Reply in thread" onClick=${() => chat.openThread(message.id)}><${Icon} name="thread" /></button>
      </div>`
    }
  </article>`;
}

function Body({ chat, message, acting }: { chat: Chat; message: StoredMessage; acting: ReadonlySet<string> }): View {
  const content = readContent(message.content);
  if (content.kind === 'card') {
    const act = (action: string, values: Record<string, string> = {}) => void chat.act(message.id, message.channel, action, values);
    const isActing = (action: string) => acting.has(`${message.id} ${action}`);
    return html`<${Card} message=${content.message} onAction=${act} isActing=${isActing} />`;
  }
  return html`<p class="said" dir="auto">${linkified(content.text).map(({ text, href }) =>
    href === null ? text : html`<a href=${href} target="_blank" rel="noopener noreferrer">${text}</a>`,
  )}</p>`;
}

function ShortTime({ at }: { at: number }): View {
  return html`<time class="gutter-time" datetime=${new Date(at).toISOString()} title=${fullTime(at)}>${clockTime(at)}</time>`;
}
