/** What keeps strangers' texts, other hosts and onlookers out of an approval: as in controls.mjs. */
const unit = (file, title) => ({ project: 'unit', file: `test/unit/${file}`, title });

export const EDGE_CONTROLS = [
  {
    name: 'edge: one host is asked what was committed',
    file: 'adapters/github/repository-name.ts',
    find: 'host !== webHost || ',
    replace: '',
    test: unit('github/repository-name.test.ts'),
  },
  {
    name: 'edge: nothing but a hash gets into the question',
    file: 'adapters/github/github-history.ts',
    find: '!isHash(from) || !isHash(to)',
    replace: '!isHash(from)',
    test: unit('github/github-history.test.ts', 'is not asked about the commit'),
  },
  {
    name: 'edge: no redirect takes the token to another host',
    file: 'adapters/github/ask.ts',
    find: "      if (next.origin !== url.origin) return no('other_host');\n",
    replace: '',
    test: unit('github/github-history.test.ts', 'sends neither question nor token to whoever a redirect names'),
  },
  {
    name: 'edge: an endless answer is not read to its end',
    file: 'adapters/github/ask.ts',
    find: '    if (size > most) return null;\n',
    replace: '',
    test: unit('github/github-history.test.ts', 'says more than is read'),
  },
  {
    name: 'edge: a token is sent by https only',
    file: 'src/config/environment-variables.ts',
    find: "(protocol === 'http:' && isLoopback)",
    replace: "protocol === 'http:'",
    test: unit('config/environment.test.ts', 'takes no API that a token would go to in the clear'),
  },
  {
    name: 'edge: a commit’s text is one line behind its hash',
    file: 'src/views/commits.ts',
    find: 'clip(plainLine(subject), SUBJECT_LENGTH)',
    replace: 'clip(subject, SUBJECT_LENGTH)',
    test: unit('views/commits.test.ts', 'is one line of its own'),
  },
  {
    name: 'edge: a code is not seen while it is typed',
    file: 'adapters/terminal/fill-form.ts',
    find: '(field.isSecret === true || field.isOneTimeCode === true)',
    replace: '(field.isSecret === true)',
    test: unit('terminal/answer-form.test.ts', 'asks for a code unseen'),
  },
  {
    name: 'edge: the terminal does not echo a secret',
    file: 'adapters/terminal/read-hidden.ts',
    find: '  input.setRawMode?.(true);\n',
    replace: '',
    test: unit('terminal/questions.test.ts', 'is on no screen'),
  },
];
