import type { StoredMessage } from '../../../src/domain/stored-message.ts';

let made = 0;

export function byPerson(id: string, at: number, change: Partial<StoredMessage> = {}): StoredMessage {
  return sample({ author: { kind: 'person', id, name: id }, content: { text: 'hello' }, createdAt: at, updatedAt: at, ...change });
}

export function byBot(at: number, change: Partial<StoredMessage> = {}): StoredMessage {
  return sample({ author: { kind: 'bot' }, createdAt: at, updatedAt: at, ...change });
}

function sample(change: Partial<StoredMessage>): StoredMessage {
  made += 1;
  return {
    id: `m${made}`,
    platform: 'web',
    channel: 'deployments',
    threadRoot: null,
    key: null,
    author: { kind: 'bot' },
    privateTo: null,
    app: null,
    content: { summary: 'x', tone: 'neutral', elements: [] },
    replies: 0,
    position: made,
    createdAt: 0,
    updatedAt: 0,
    ...change,
  };
}
