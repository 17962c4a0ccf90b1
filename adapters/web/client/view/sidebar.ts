import { useRef, useState } from 'preact/hooks';
import type { SessionAnswer } from '../../wire.ts';
import { api } from '../api.ts';
import { type Chat, problemOf } from '../chat.ts';
import { html, type View } from '../html.ts';
import type { ChatState } from '../state.ts';
import { Avatar } from './avatar.ts';
import { Icon } from './icons.ts';
import { SessionsDialog } from './sessions-dialog.ts';

type SidebarProps = {
  chat: Chat;
  state: ChatState;
  unread: Readonly<Record<string, number>>;
  onSession: (session: SessionAnswer) => void;
};

export function Sidebar({ chat, state, unread, onSession }: SidebarProps): View {
  return html`<nav class="sidebar" aria-label="Channels">
    <header class="workspace">
      <span class="workspace-mark" aria-hidden="true"><${Icon} name="wheel" /></span>
      <strong>${state.session.workspace}</strong>
    </header>
    <h2 class="sidebar-title">Channels</h2>
    <ul class="channels">
      ${state.channels.map(({ name }) => {
        const count = name === state.channel ? 0 : (unread[name] ?? 0);
        return html`<li key=${name}>
          <button
            type="button"
            class=${`channel${count > 0 ? ' is-unread' : ''}`}
            aria-current=${name === state.channel ? 'page' : undefined}
            aria-label=${count > 0 ? `${name}, ${count} unread` : name}
            onClick=${() => chat.openChannel(name)}
          ><${Icon} name="hash" /><span class="channel-name">${name}</span>${count > 0 && html`<span class="badge">${count > 99 ? '99+' : count}</span>`}</button>
        </li>`;
      })}
    </ul>
    <${Me} chat=${chat} state=${state} onSession=${onSession} />
  </nav>`;
}

/** Who I am here, where I am signed in, and the way to be someone else. */
function Me({ chat, state, onSession }: Omit<SidebarProps, 'unread'>): View {
  const menu = useRef<HTMLDetailsElement>(null);
  const [hasSessions, showSessions] = useState(false);
  const { person, session } = state;
  const become = async (ask: () => Promise<SessionAnswer>) => {
    try {
      const next = await ask();
      if (menu.current !== null) menu.current.open = false;
      onSession(next);
    } catch (error) {
      chat.toast(problemOf(error));
    }
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || menu.current === null) return;
    menu.current.open = false;
    menu.current.querySelector('summary')?.focus();
  };
  const onSessions = () => {
    if (menu.current !== null) menu.current.open = false;
    showSessions(true);
  };
  const others = session.people.filter((one) => one.id !== person.id);
  return html`<details class="me" ref=${menu} onKeyDown=${onKey}>
    <summary aria-label=${`You are ${person.name}. Switch or sign out`}>
      <${Avatar} id=${person.id} name=${person.name} />
      <span class="me-name">${person.name}</span>
      <span class=${`presence presence-${state.connection}`} title=${state.connection === 'live' ? 'Connected' : 'Not connected'}></span>
      <${Icon} name="swap" />
    </summary>
    <div class="menu">
      ${others.length > 0 && html`<p class="menu-title">Be someone else <small>development mode</small></p>`}
      ${others.map(
        (one) => html`<button type="button" key=${one.id} class="menu-item" onClick=${() => become(() => api.choose(one.id))}>
          <${Avatar} id=${one.id} name=${one.name} />${one.name}
        </button>`,
      )}
      <button type="button" class="menu-item menu-item-quiet" onClick=${onSessions}>Sessions</button>
      <button type="button" class="menu-item menu-item-quiet" onClick=${() => become(() => api.signOut())}>Sign out</button>
    </div>
  </details>
  ${hasSessions && html`<${SessionsDialog} onClose=${() => showSessions(false)} />`}`;
}
