import { useEffect, useRef } from 'preact/hooks';
import type { Chat } from '../chat.ts';
import { html, type View } from '../html.ts';
import { groupRows } from '../model/grouping.ts';
import { threadMessages } from '../model/message-log.ts';
import type { ChatState } from '../state.ts';
import { Composer } from './composer.ts';
import { Icon } from './icons.ts';
import { MessageItem } from './message-item.ts';
import { PendingItem } from './pending-item.ts';
import { useStickToBottom } from './stick-to-bottom.ts';

/** One message and what was answered to it. Beside the channel where there is room, over it on a phone. */
export function ThreadPanel({ chat, state, rootId }: { chat: Chat; state: ChatState; rootId: string }): View {
  const { scroller, content } = useStickToBottom();
  const panel = useRef<HTMLElement>(null);
  // Closing gives the focus back to where it came from.
  useEffect(() => {
    const opener = document.activeElement;
    // On a phone the keyboard would hide the thread that is to be read.
    const target = matchMedia('(pointer: fine)').matches ? 'textarea' : '.back-button';
    panel.current?.querySelector<HTMLElement>(target)?.focus({ preventScroll: true });
    return () => {
      if (opener instanceof HTMLElement) opener.focus({ preventScroll: true });
    };
  }, []);
  const root = state.log.get(rootId);
  const replies = threadMessages(state.log, rootId).filter(({ id }) => !state.dismissed.has(id));
  const pending = state.pending.filter((one) => one.thread === rootId);
  const item = { chat, replies: 0, lastReplyAt: null, acting: state.acting, isOpenThread: false, isInThread: true };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !event.defaultPrevented && !(event.target instanceof Element && event.target.closest('dialog')))
      chat.closeThread();
  };
  return html`<aside class="thread" ref=${panel} aria-label="Thread" onKeyDown=${onKey}>
    <header class="pane-head">
      <button type="button" class="icon-button back-button" aria-label="Back to the channel" onClick=${() => chat.closeThread()}><${Icon} name="left" /></button>
      <h1>Thread</h1><p class="topic">#${state.channel}</p>
      <button type="button" class="icon-button close-button" aria-label="Close thread" onClick=${() => chat.closeThread()}><${Icon} name="close" /></button>
    </header>
    <div class="list" ref=${scroller} role="log" aria-label="Replies" tabindex="0"><div class="list-content" ref=${content}>
      ${root !== undefined && html`<${MessageItem} ...${item} message=${root} isFirst=${true} />`}
      <div class="reply-count" role="separator"><span>${replyText(replies.length, state.isThreadLoading)}</span></div>
      ${groupRows(replies, null, state.person.id).map(
        (row) =>
          row.kind === 'message' && html`<${MessageItem} key=${row.key} ...${item} message=${row.message} isFirst=${row.isFirstOfGroup} />`,
      )}
      ${pending.map((one) => html`<${PendingItem} key=${one.deliveryId} chat=${chat} person=${state.person} pending=${one} />`)}
    </div></div>
    <${Composer} chat=${chat} state=${state} place=${`thread-${rootId}`} thread=${rootId} label="Reply…" />
  </aside>`;
}

function replyText(count: number, isLoading: boolean): string {
  if (count === 0) return isLoading ? 'Loading replies…' : 'No replies yet';
  return count === 1 ? '1 reply' : `${count} replies`;
}
