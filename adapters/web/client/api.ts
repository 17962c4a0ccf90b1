import type {
  CardAnswer,
  ChannelsAnswer,
  CommandsAnswer,
  CompleteAnswer,
  EndedAnswer,
  ErrorAnswer,
  HistoryAnswer,
  SentAnswer,
  SessionAnswer,
  SessionsAnswer,
  ThreadAnswer,
} from '../wire.ts';

/** The server said no, or (`status` 0) could not be reached. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
  }

  /** May the same request work a moment later? */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

const ROOT = '/api/v1/chat';
const TIMEOUT_MS = 15_000;

export const api = {
  session: () => read<SessionAnswer>('/session'),
  choose: (person: string) => request<SessionAnswer>('POST', '/session', { person }),
  signIn: (code: string) => request<SessionAnswer>('POST', '/sign-in', { code }),
  signOut: () => request<SessionAnswer>('DELETE', '/session'),
  sessions: () => read<SessionsAnswer>('/sessions'),
  endSession: (id: string) => request<EndedAnswer>('DELETE', `/sessions/${encodeURIComponent(id)}`),
  endOtherSessions: () => request<EndedAnswer>('DELETE', '/sessions'),
  channels: () => read<ChannelsAnswer>('/channels'),
  commands: () => read<CommandsAnswer>('/commands'),
  history: (channel: string, before: string | null) =>
    read<HistoryAnswer>(
      `/channels/${encodeURIComponent(channel)}/messages${before === null ? '' : `?before=${encodeURIComponent(before)}`}`,
    ),
  thread: (root: string) => read<ThreadAnswer>(`/threads/${encodeURIComponent(root)}`),
  card: (deployment: string) => request<CardAnswer>('GET', `/cards/${encodeURIComponent(deployment)}`),
  complete: (channel: string, text: string) => request<CompleteAnswer>('POST', '/complete', { channel, text }),
  send: (message: { deliveryId: string; channel: string; thread: string | null; text: string }) =>
    request<SentAnswer>('POST', '/messages', message),
  act: (action: { deliveryId: string; channel: string; action: string; values: Record<string, string>; form: boolean }) =>
    request<SentAnswer>('POST', '/actions', action),
  streamUrl: (after: number) => `${ROOT}/stream?after=${after}`,
};

const ATTEMPTS = 4;

/** The server may be restarting: tries again for a few seconds before it bothers anyone. Only for what may be repeated. */
export async function retried<Answer>(attempt: () => Promise<Answer>): Promise<Answer> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (tried === ATTEMPTS || !(error instanceof ApiError) || !error.isTransient || error.status === 429) throw error;
      await new Promise((resolve) => setTimeout(resolve, 300 * 2 ** (tried - 1)));
    }
  }
}

function read<Answer>(path: string): Promise<Answer> {
  return retried(() => request<Answer>('GET', path));
}

async function request<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(ROOT + path, {
      method,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
  } catch {
    throw new ApiError(0, 'unreachable', 'Shipmate cannot be reached.');
  }
  const answer: Answer | ErrorAnswer = await response.json().catch(() => null);
  if (response.ok) return answer as Answer;
  const error = (answer as ErrorAnswer | null)?.error;
  throw new ApiError(response.status, error?.code ?? 'unknown', error?.message ?? `The server answered ${response.status}.`);
}
