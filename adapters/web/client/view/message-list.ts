import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { StoredMessage } from '../../../../src/domain/stored-message.ts';
import type { Chat } from '../chat.ts';
import { html, type View } from '../html.ts';
import { groupRows } from '../model/grouping.ts';
import { countReplies } from '../model/message-log.ts';
import { dayName } from '../model/time.ts';
import type { ChannelView, ChatState, Pending } from '../state.ts';
import { BotAvatar } from './avatar.ts';
import { Icon } from './icons.ts';
import { MessageItem } from './message-item.ts';
import { PendingItem } from './pending-item.ts';
import { useStickToBottom } from './stick-to-bottom.ts';

type MessageListProps = {
  chat: Chat;
  state: ChatState;
  messages: readonly StoredMessage[];
  view: ChannelView | undefined;
  pending: readonly Pending[];
  label: string;
};

/** The channel from its earliest loaded message to its latest. Screen readers hear what is new (`role=log`). */
export function MessageList({ chat, state, messages, view, pending, label }: MessageListProps): View {
  const { scroller, content, isAway, toEnd, glideToEnd } = useStickToBottom();
  const replies = useMemo(() => countReplies(state.log), [state.log]);
  const rows = groupRows(messages, view?.unreadFrom ?? null, state.person.id);
  const earliest = messages[0]?.id;

  // What is loaded above must not push away what is being read.
  const before = useRef({ earliest, height: 0 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const grown = element.scrollHeight - before.current.height;
    if (before.current.earliest !== earliest && before.current.earliest !== undefined && isAway) element.scrollTop += grown;
    before.current = { earliest, height: element.scrollHeight };
  });
  // Whoever sends wants to see it.
  useEffect(() => {
    if (pending.length > 0) toEnd();
  }, [pending.length]);

  const isLoading = (view === undefined || view.state === 'loading') && messages.length === 0;
  return html`<div class="list-frame">
    <div class="list" ref=${scroller} role="log" aria-label=${label} tabindex="0">
      <div class="list-content" ref=${content}>
        ${isLoading && html`<${Skeletons} />`}
        ${view?.state === 'failed' && messages.length === 0 && html`<${Failed} onRetry=${() => chat.retryChannel()} />`}
        ${view?.state === 'ready' && messages.length === 0 && pending.length === 0 && html`<${Empty} channel=${state.channel} />`}
        ${view?.hasMore && html`<button type="button" class="earlier" onClick=${() => chat.loadEarlier()}>Show earlier messages</button>`}
        ${rows.map((row) => {
          switch (row.kind) {
            case 'day':
              return html`<div class="day" role="separator" key=${row.key}><span>${dayName(row.at, Date.now())}</span></div>`;
            case 'new':
              return html`<div class="new-line" role="separator" key=${row.key}><span>New</span></div>`;
            case 'message':
              return html`<${MessageItem}
                key=${row.key}
                chat=${chat}
                message=${row.message}
                isFirst=${row.isFirstOfGroup}
                replies=${replies.get(row.message.id)?.count ?? 0}
                lastReplyAt=${replies.get(row.message.id)?.lastAt ?? null}
                acting=${state.acting}
                isOpenThread=${state.thread === row.message.id}
              />`;
            default:
              return row satisfies never;
          }
        })}
        ${pending.map((one) => html`<${PendingItem} key=${one.deliveryId} chat=${chat} person=${state.person} pending=${one} />`)}
      </div>
    </div>
    ${isAway && html`<button type="button" class="jump" onClick=${glideToEnd}><${Icon} name="down" />Latest messages</button>`}
  </div>`;
}

function Skeletons(): View {
  return html`<div class="skeletons" role="status" aria-label="Loading messages">
    ${[62, 88, 45, 74].map((width) => html`<div class="skeleton" key=${width}><span class="skeleton-avatar"></span><span class=${`skeleton-line w${width}`}></span></div>`)}
  </div>`;
}

function Empty({ channel }: { channel: string }): View {
  return html`<div class="empty">
    <${BotAvatar} />
    <h2>This is the beginning of #${channel}</h2>
    <p>Say something, or type <kbd>/</kbd> to see what Shipmate can do.</p>
  </div>`;
}

function Failed({ onRetry }: { onRetry: () => void }): View {
  return html`<div class="empty">
    <h2>These messages could not be loaded</h2>
    <button type="button" class="button" onClick=${onRetry}>Try again</button>
  </div>`;
}
