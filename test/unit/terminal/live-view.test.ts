import { describe, expect, it } from 'vitest';
import { LiveView } from '../../../adapters/terminal/live-view.ts';
import { openTerminal } from '../../../adapters/terminal/terminal.ts';
import type { Message } from '../../../src/chat/message.ts';

const card = (line: string): Message => ({
  summary: line,
  tone: 'progress',
  elements: [
    { type: 'header', text: 'shop → staging' },
    { type: 'text', text: line, style: 'normal' },
    { type: 'time', label: 'Usually done by', at: Date.now() },
  ],
});

function recorded(isTTY: boolean, rows = 40) {
  const written: string[] = [];
  const terminal = openTerminal({ write: (text: string) => written.push(text), isTTY, columns: 80, rows });
  let now = 0;
  return { written, view: new LiveView({ ...terminal, hasColors: false }, () => (now += 5000)) };
}

describe('the live view', () => {
  it('goes up over what it drew and draws again on a terminal', () => {
    const { view, written } = recorded(true);
    view.show(card('one'));
    view.show(card('two'));
    expect(written[0]).not.toContain('\u001B[');
    expect(written[1]?.startsWith('\u001B[3A\rshop → staging\u001B[K\ntwo\u001B[K\n')).toBe(true);
    expect(written[1]?.endsWith('\u001B[J')).toBe(true);
  });

  it('leaves the screen alone while what it shows stays the same', () => {
    const { view, written } = recorded(true);
    const all = card('one');
    const message = { ...all, elements: all.elements.filter((element) => element.type !== 'time') };
    view.show(message);
    view.show(message);
    view.finish(message);
    expect(written).toHaveLength(1);
  });

  it('never draws more than fits on the screen, except at the end', () => {
    const { view, written } = recorded(true, 4);
    view.show(card('one\ntwo\nthree\nfour'));
    view.finish(card('one\ntwo\nthree\nfour'));
    expect(written[0]?.trimEnd().split('\n')).toHaveLength(2);
    expect(written[1]).toContain('four');
  });

  it('prints only lines that are new elsewhere, and nothing when nothing changed', () => {
    const { view, written } = recorded(false);
    view.show(card('one'));
    view.show(card('one'));
    view.show(card('two'));
    view.finish(card('two'));
    expect(written).toEqual(['shop → staging\none\n', 'two\n']);
  });
});
