import { useEffect } from 'preact/hooks';
import type { SessionAnswer } from '../../wire.ts';
import type { Chat } from '../chat.ts';
import { html, type View } from '../html.ts';
import { countUnread } from '../model/unread.ts';
import type { ChatState } from '../state.ts';
import { ChannelPane } from './channel-pane.ts';
import { FormDialog } from './form-dialog.ts';
import { Sidebar } from './sidebar.ts';
import { ThreadPanel } from './thread-panel.ts';
import { Toasts } from './toasts.ts';

/** Sidebar, channel, thread. */
export function ChatPage({ chat, state, onSession }: { chat: Chat; state: ChatState; onSession: (session: SessionAnswer) => void }): View {
  const unread = countUnread(
    [...state.log.values()].filter(({ id }) => !state.dismissed.has(id)),
    state.marks,
    state.person.id,
  );
  const total = Object.values(unread).reduce((sum, count) => sum + count, 0);
  useEffect(() => {
    document.title = `${total > 0 ? `(${total}) ` : ''}${state.channel === '' ? '' : `#${state.channel} · `}${state.session.workspace}`;
  }, [total, state.channel]);

  return html`<div class=${`chat${state.thread === null ? '' : ' has-thread'}${state.isSidebarOpen ? ' has-sidebar' : ''}`}>
    <${Sidebar} chat=${chat} state=${state} unread=${unread} onSession=${onSession} />
    <div class="scrim" onClick=${() => chat.toggleSidebar(false)}></div>
    <${ChannelPane} chat=${chat} state=${state} unreadElsewhere=${total - (unread[state.channel] ?? 0)} />
    ${state.thread !== null && html`<${ThreadPanel} key=${state.thread} chat=${chat} state=${state} rootId=${state.thread} />`}
    ${state.form !== null && html`<${FormDialog} key=${state.form.form.action} chat=${chat} form=${state.form.form} />`}
    <${Toasts} chat=${chat} toasts=${state.toasts} />
  </div>`;
}
