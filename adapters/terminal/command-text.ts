import { quoteWord } from '../../src/chat/words.ts';

/** A shell's arguments as one command line: `['deploy', 'shop', '--reason', 'two words']` → `/deploy shop --reason "two words"`. */
export function commandText(argv: readonly string[]): string {
  const [name = 'help', ...rest] = argv;
  const words = rest.map((word) => {
    const flag = /^(--?[A-Za-z][A-Za-z-]*)(?:=(.*))?$/s.exec(word);
    if (flag === null) return quoteWord(word);
    return flag[2] === undefined ? word : `${flag[1] ?? ''}=${quoteWord(flag[2])}`;
  });
  return [`/${name.replace(/^\/+/, '')}`, ...words].join(' ');
}
