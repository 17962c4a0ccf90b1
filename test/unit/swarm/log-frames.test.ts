import { describe, expect, it } from 'vitest';
import { cleanText, parseDetailedLine, parseLogFrames } from '../../../adapters/swarm/log-frames.ts';

function frame(stream: number, text: string): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

describe('the logs of containers', () => {
  it('come apart into lines of standard output and error', () => {
    expect(parseLogFrames(Buffer.concat([frame(1, 'one\n'), frame(2, 'two\nthree\n'), frame(1, '')]))).toEqual([
      { stream: 'stdout', text: 'one' },
      { stream: 'stderr', text: 'two' },
      { stream: 'stderr', text: 'three' },
    ]);
  });

  it('of a terminal have no frames and are read as they are', () => {
    expect(parseLogFrames(Buffer.from('plain\r\ntext of a terminal\r\n')).map((entry) => cleanText(entry.text))).toEqual([
      'plain',
      'text of a terminal',
    ]);
  });

  it('carry their time and task', () => {
    const line = '2026-01-02T03:04:05.123456789Z com.docker.swarm.task.id=abc,other=a%3Db a text with = signs';
    expect(parseDetailedLine(line)).toEqual({
      at: Date.parse('2026-01-02T03:04:05.123Z'),
      details: { 'com.docker.swarm.task.id': 'abc', other: 'a=b' },
      text: 'a text with = signs',
    });
  });

  it('lose colours, cursor movements, control characters and marks that turn the writing', () => {
    expect(cleanText('\u001b[31mred\u001b[0m \u001b]0;title\u0007bell\u0007 \u202eturned\ttab')).toBe('red bell turned\ttab');
  });
});
