import { describe, expect, it } from 'vitest';
import { Cancelled, openQuestions, type Questions } from '../../../adapters/terminal/questions.ts';
import { FakeTerminal, KEYS } from './keyboard.ts';

function opened(): { terminal: FakeTerminal; questions: Questions; stop: AbortController } {
  const terminal = new FakeTerminal();
  const questions = openQuestions(terminal.input, terminal.output);
  if (questions === null) throw new Error('somebody sits there');
  return { terminal, questions, stop: new AbortController() };
}

const { enter, ctrlC, ctrlD, ctrlU, backspace, up, paste } = KEYS;
const PEM = '-----BEGIN KEY-----\nabc\n\ndef\n-----END KEY-----\n';

describe('what is typed unseen', () => {
  const oneLine: readonly [string, string, string][] = [
    ['ends with Enter', `s3cret!${enter}`, 's3cret!'],
    ['may be nothing', enter, ''],
    ['is mended with backspace, a letter at a time', `abx${backspace}c👩‍👧${backspace}d${enter}`, 'abcd'],
    ['is begun again with Ctrl-U', `wrong${ctrlU}right${enter}`, 'right'],
    ['has no keys in it that are no letters', `a${up}b\u0001\tc${enter}`, 'abc'],
    ['has any letters', `пароль ключ 🔑${enter}`, 'пароль ключ 🔑'],
    ['may be pasted', `${paste('from a vault')}${enter}`, 'from a vault'],
    ['ends with Ctrl-D, too', `abc${ctrlD}`, 'abc'],
    ['is over with the first of two lines', `first${enter}second${enter}`, 'first'],
  ];
  it.each(oneLine)('%s', async (_name, keys, expected) => {
    const { terminal, questions, stop } = opened();
    const answer = questions.hidden('Code: ', false, stop.signal);
    terminal.type(keys);
    expect(await answer).toBe(expected);
  });

  const longer: readonly [string, string, string][] = [
    ['ends with an empty line', `one${enter}two${enter}${enter}`, 'one\ntwo'],
    ['keeps empty lines of what is pasted', `${paste(PEM)}${enter}`, PEM.trimEnd()],
    ['goes on behind what was pasted', `${paste('a\n\nb')}c${enter}${enter}`, 'a\n\nbc'],
    ['takes a line break of two characters for one', `${paste('a')}\r\nb\r\n\r\n`, 'a\nb'],
    ['keeps tabs that are pasted', `${paste('a\tb')}${enter}${enter}`, 'a\tb'],
    ['is mended on its last line only', `ab${enter}${backspace}${backspace}c${ctrlU}d${enter}${enter}`, 'ab\nd'],
    ['may be nothing', enter, ''],
  ];
  it.each(longer)('of several lines %s', async (_name, keys, expected) => {
    const { terminal, questions, stop } = opened();
    const answer = questions.hidden('Value: ', true, stop.signal);
    terminal.type(keys);
    expect(await answer).toBe(expected);
  });

  it('is on no screen, and the terminal is as it was afterwards', async () => {
    const { terminal, questions, stop } = opened();
    const answer = questions.hidden('Value: ', true, stop.signal);
    for (const key of `hunter2${enter}${paste('more\nsecrets')}${enter}${enter}`) terminal.type(key);
    expect(await answer).toBe('hunter2\nmore\nsecrets');
    expect(terminal.seen).toBe('\u001B[?2004hValue: \n… \n… \u001B[?2004l\n');
    expect(terminal.modes).toEqual([true, false]);
    expect(terminal.input.listenerCount('keypress')).toBe(0);
  });

  it.each([
    ['Ctrl-C', (terminal: FakeTerminal) => terminal.type(`half${ctrlC}`)],
    ['Ctrl-D on nothing', (terminal: FakeTerminal) => terminal.type(ctrlD)],
    ['a terminal that goes away', (terminal: FakeTerminal) => terminal.hangUp()],
  ])('is given up with %s', async (_name, giveUp) => {
    const { terminal, questions, stop } = opened();
    const answer = questions.hidden('Value: ', true, stop.signal);
    giveUp(terminal);
    await expect(answer).rejects.toThrow(Cancelled);
    expect(terminal.modes.at(-1)).toBe(false);
    expect(terminal.seen).not.toContain('half');
  });

  it('leaves the terminal as it was when the process is told to end', async () => {
    const { terminal, questions, stop } = opened();
    const answer = questions.hidden('Value: ', false, stop.signal);
    stop.abort(new Error('ended'));
    await expect(answer).rejects.toThrow('ended');
    expect(terminal.modes).toEqual([true, false]);
  });
});

describe('what is typed in sight', () => {
  it('is a line, and one question after another', async () => {
    const { terminal, questions, stop } = opened();
    const first = questions.line('Name > ', stop.signal);
    terminal.type(`DB_URL${enter}`);
    expect(await first).toBe('DB_URL');
    const second = questions.hidden('Value: ', false, stop.signal);
    terminal.type(`hunter2${enter}`);
    expect(await second).toBe('hunter2');
    const third = questions.line('Why > ', stop.signal);
    terminal.type(`${up}because${enter}`);
    expect(await third).toBe('because');
    expect(terminal.seen).toContain('because');
    expect(terminal.seen).not.toContain('hunter2');
  });

  it('is completed with Tab, also when nothing is offered', async () => {
    const { terminal, questions, stop } = opened();
    const answer = questions.line('Version > ', stop.signal, async (typed) =>
      ['1.1.0', '2.0.0'].filter((value) => value.startsWith(typed)),
    );
    terminal.type('1\t');
    await expect.poll(() => terminal.seen).toContain('1.1.0');
    terminal.type(enter);
    expect(await answer).toBe('1.1.0');
    const plain = questions.line('Why > ', stop.signal);
    terminal.type(`a\tb${enter}`);
    expect(await plain).toMatch(/^a\t?b$/);
  });

  it.each([ctrlC, ctrlD])('is given up with a key', async (key) => {
    const { terminal, questions, stop } = opened();
    const answer = questions.line('Name > ', stop.signal);
    terminal.type(key);
    await expect(answer).rejects.toThrow(Cancelled);
  });

  it.each([
    [`y${enter}`, true],
    [`YES${enter}`, true],
    [`n${enter}`, false],
    [enter, false],
    [ctrlC, false],
  ])('confirms or does not', async (keys, expected) => {
    const { terminal, questions, stop } = opened();
    const answer = questions.confirm('Remove it?', stop.signal);
    terminal.type(keys);
    expect(await answer).toBe(expected);
    expect(terminal.seen).toContain('Remove it? [y/N] ');
  });
});

it('nobody is asked through a pipe', () => {
  const { input, output } = new FakeTerminal();
  expect(openQuestions(Object.assign(input, { isTTY: false }), output)).toBeNull();
  expect(openQuestions(new FakeTerminal().input, Object.assign(output, { isTTY: false }))).toBeNull();
});
