import type { Chat } from '../chat.ts';
import { html, type View } from '../html.ts';
import { channelMessages } from '../model/message-log.ts';
import type { ChatState } from '../state.ts';
import { Composer } from './composer.ts';
import { Icon } from './icons.ts';
import { MessageList } from './message-list.ts';

/** The open channel: its name, what was said, and where to type. */
export function ChannelPane({ chat, state, unreadElsewhere }: { chat: Chat; state: ChatState; unreadElsewhere: number }): View {
  const { channel } = state;
  const topic = state.channels.find(({ name }) => name === channel)?.topic ?? '';
  const messages = channelMessages(state.log, channel).filter(({ id }) => !state.dismissed.has(id));
  return html`<main class="pane">
    <header class="pane-head">
      <button type="button" class="icon-button menu-button" aria-label="Show channels" onClick=${() => chat.toggleSidebar(true)}>
        <${Icon} name="menu" />${unreadElsewhere > 0 && html`<span class="dot"></span>`}
      </button>
      <h1><${Icon} name="hash" />${channel}</h1>
      <p class="topic" title=${topic}>${topic}</p>
    </header>
    ${
      state.connection === 'lost' &&
      html`<div class="banner" role="status">
        <span class="spinner" aria-hidden="true"></span>Connection lost. Trying again…
        <button type="button" class="link-button" onClick=${() => chat.reconnect()}>Now</button>
      </div>`
    }
    <${MessageList}
      key=${channel}
      chat=${chat}
      state=${state}
      messages=${messages}
      view=${state.views[channel]}
      pending=${state.pending.filter((one) => one.channel === channel && one.thread === null)}
      label=${`Messages in ${channel}`}
    />
    <${Composer} key=${`composer-${channel}`} chat=${chat} state=${state} place=${channel} thread=${null} label=${`Message #${channel}`} />
  </main>`;
}
