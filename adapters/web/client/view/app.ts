import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Person } from '../../../../src/domain/deployment.ts';
import type { SessionAnswer } from '../../wire.ts';
import { api } from '../api.ts';
import { Chat, problemOf } from '../chat.ts';
import { html, type View } from '../html.ts';
import { ChatPage } from './chat-page.ts';
import { Unreachable, Welcome } from './welcome.ts';

/** Who is here decides what is shown: the chat, the choice of a person, or the way to sign in. */
export function App({ initial }: { initial: SessionAnswer | null }): View {
  const [session, setSession] = useState(initial);
  const retry = async () => setSession(await api.session().catch(() => null));
  if (session === null) return html`<${Unreachable} onRetry=${retry} />`;
  if (session.person === null) return html`<${Welcome} session=${session} onSession=${setSession} />`;
  return html`<${SignedIn} key=${session.person.id} session=${session} person=${session.person} onSession=${setSession} />`;
}

function SignedIn({
  session,
  person,
  onSession,
}: {
  session: SessionAnswer;
  person: Person;
  onSession: (session: SessionAnswer) => void;
}): View {
  const [, draw] = useState(0);
  const [problem, setProblem] = useState<string | null>(null);
  const frame = useRef(0);
  const chat = useMemo(
    () =>
      new Chat(session, person, () => {
        // Many changes of one moment are one drawing.
        cancelAnimationFrame(frame.current);
        frame.current = requestAnimationFrame(() => draw((count) => count + 1));
      }),
    [],
  );
  const start = () => {
    setProblem(null);
    chat.start().catch((error: unknown) => setProblem(problemOf(error)));
  };
  useEffect(() => {
    start();
    return () => {
      chat.stop();
      cancelAnimationFrame(frame.current);
    };
  }, []);
  if (problem !== null) return html`<${Unreachable} onRetry=${start} />`;
  return html`<${ChatPage} chat=${chat} state=${chat.state} onSession=${onSession} />`;
}
