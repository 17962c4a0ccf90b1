import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { start } from '../../../src/cli/start.ts';

/** What a start with this environment writes to its log. */
function logOf(env: Record<string, string>): readonly string[] {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  start({ env, destination });
  return lines;
}

describe('the start', () => {
  it('says once which variables have no effect, and never their values', () => {
    const lines = logOf({
      SLACK_BOT_TOKEN: 'xoxb-hidden',
      SLACK_APP_TOKEN: 'xapp-hidden',
      SLACK_SIGNING_SECRET: 'abcdef0123456789hidden'.slice(0, 16),
    });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('SLACK_SIGNING_SECRET: has no effect');
    expect(lines.join()).not.toContain('abcdef0123456789');
    expect(lines.join()).not.toContain('hidden');
  });

  it('says nothing where nothing is odd', () => {
    expect(logOf({ LOG_LEVEL: 'info' })).toEqual([]);
  });
});
