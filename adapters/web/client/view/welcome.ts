import { useEffect, useState } from 'preact/hooks';
import type { SessionAnswer } from '../../wire.ts';
import { api } from '../api.ts';
import { problemOf } from '../chat.ts';
import { html, type View } from '../html.ts';
import { Avatar } from './avatar.ts';
import { Icon } from './icons.ts';

type WelcomeProps = { session: SessionAnswer; onSession: (session: SessionAnswer) => void };

/** The page before the chat. */
export function Welcome({ session, onSession }: WelcomeProps): View {
  return html`<main class="welcome"><div class="welcome-card">
    <span class="welcome-mark" aria-hidden="true"><${Icon} name="wheel" /></span>
    <h1>${session.workspace}</h1>
    ${
      session.mode === 'development'
        ? html`<${ChoosePerson} session=${session} onSession=${onSession} />`
        : html`<${SignIn} session=${session} onSession=${onSession} />`
    }
  </div></main>`;
}

function ChoosePerson({ session, onSession }: WelcomeProps): View {
  const [problem, setProblem] = useState<string | null>(null);
  const choose = async (id: string) => {
    try {
      onSession(await api.choose(id));
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  return html`
    <p class="welcome-text">Who do you want to be? This choice exists in development mode only.</p>
    <ul class="people">
      ${session.people.map(
        (person) => html`<li key=${person.id}><button type="button" class="person" onClick=${() => choose(person.id)}>
          <${Avatar} id=${person.id} name=${person.name} /><span>${person.name}</span><small>${person.id}</small>
        </button></li>`,
      )}
    </ul>
    ${problem !== null && html`<p class="problem" role="alert">${problem}</p>`}`;
}

/** Opening the link does nothing by itself: previews open links too, and a code works once. */
function SignIn({ onSession }: WelcomeProps): View {
  const code = location.pathname === '/sign-in' ? new URLSearchParams(location.hash.slice(1)).get('code') : null;
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  if (code === null) {
    return html`<p class="welcome-text">You are not signed in. Ask your operator, or Shipmate in your chat, for a sign-in link.</p>`;
  }
  const signIn = async () => {
    setBusy(true);
    try {
      const session = await api.signIn(code);
      history.replaceState(null, '', '/');
      onSession(session);
    } catch (error) {
      setProblem(problemOf(error));
      setBusy(false);
    }
  };
  return html`
    <p class="welcome-text">This link signs you in on this browser, once.</p>
    <button type="button" class="button button-primary" disabled=${isBusy} onClick=${signIn}>Sign in</button>
    ${problem !== null && html`<p class="problem" role="alert">${problem}</p>`}`;
}

const RETRY_MS = 3_000;

/** Goes on trying by itself. */
export function Unreachable({ onRetry }: { onRetry: () => void }): View {
  useEffect(() => {
    const timer = setInterval(onRetry, RETRY_MS);
    return () => clearInterval(timer);
  }, []);
  return html`<main class="welcome"><div class="welcome-card">
    <span class="welcome-mark" aria-hidden="true"><${Icon} name="wheel" /></span>
    <h1>Shipmate cannot be reached</h1>
    <p class="welcome-text">It may be restarting. What you typed is kept.</p>
    <button type="button" class="button button-primary" onClick=${onRetry}>Try again</button>
  </div></main>`;
}
