import { useEffect, useState } from 'preact/hooks';
import type { OwnSession } from '../../wire.ts';
import { api } from '../api.ts';
import { html, type View } from '../html.ts';
import { problemOf } from '../problem-of.ts';
import { Dialog } from './dialog.ts';
import { RelativeTime } from './relative-time.ts';

/** Where I am signed in, and the way to end that. Ending this one is signing out, and stands beside it in the menu. */
export function SessionsDialog({ onClose }: { onClose: () => void }): View {
  const [sessions, setSessions] = useState<readonly OwnSession[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const doing = async (what: () => Promise<unknown>) => {
    setProblem(null);
    try {
      await what();
    } catch (error) {
      setProblem(problemOf(error));
    }
    // Also after a failure: one that is over already is not shown any more.
    await api.sessions().then(
      (answer) => setSessions(answer.sessions),
      (error) => setProblem(problemOf(error)),
    );
  };
  useEffect(() => {
    void doing(async () => {});
  }, []);
  const others = (sessions ?? []).filter(({ isThis }) => !isThis);
  return html`<${Dialog} title="Where you are signed in" onClose=${onClose}>
    ${sessions === null && problem === null && html`<p class="dialog-text">Looking…</p>`}
    <ul class="sessions">
      ${(sessions ?? []).map((session) => html`<${Session} key=${session.id} session=${session} onEnd=${() => doing(() => api.endSession(session.id))} />`)}
    </ul>
    ${problem !== null && html`<p class="problem" role="alert">${problem}</p>`}
    <footer class="dialog-foot">
      ${others.length > 0 && html`<button type="button" class="button button-danger" onClick=${() => doing(() => api.endOtherSessions())}>End all others</button>`}
      <button type="button" class="button" autofocus onClick=${onClose}>Close</button>
    </footer>
  <//>`;
}

function Session({ session, onEnd }: { session: OwnSession; onEnd: () => void }): View {
  const { browser, isThis, createdAt, lastSeenAt } = session;
  return html`<li class="session">
    <div>
      <strong>${browser}</strong>${isThis && html` <small>this browser</small>`}
      <p>since <${RelativeTime} at=${createdAt} />, last seen <${RelativeTime} at=${lastSeenAt} /></p>
    </div>
    ${!isThis && html`<button type="button" class="button" aria-label=${`End the session of ${browser}`} onClick=${onEnd}>End</button>`}
  </li>`;
}
