/**
 * Discord's markdown as a client reads it, for two purposes: to say what a reader would see of a text, and to draw a picture. Written from the
 * published rules and independent of the adapter's escaping:
 * https://support.discord.com/hc/en-us/articles/210298617 and https://docs.discord.com/developers/reference#message-formatting
 */
export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'strong' | 'emphasis' | 'underline' | 'strike' | 'spoiler' | 'heading' | 'small' | 'quote' | 'list';
      readonly children: readonly Node[];
    }
  | { readonly kind: 'code' | 'block'; readonly text: string }
  | { readonly kind: 'mention' | 'emoji' | 'link'; readonly text: string }
  | { readonly kind: 'time'; readonly seconds: number; readonly style: string };

export function parseMarkdown(text: string): readonly Node[] {
  const nodes: Node[] = [];
  let rest = text;
  while (rest !== '') {
    const block = /^```(?:[a-z0-9_+\-.#]+?\n)?\n*([^\n][\s\S]*?)\n*```/i.exec(rest);
    if (block !== null) {
      nodes.push({ kind: 'block', text: block[1] ?? '' });
      rest = rest.slice(block[0].length).replace(/^\n/, '');
      continue;
    }
    const next = rest.indexOf('```', 1);
    const newline = rest.indexOf('\n');
    const end = newline === -1 ? rest.length : newline;
    // A block may begin in the middle of a line.
    const cut = next !== -1 && next < end ? next : end;
    nodes.push(...parseLine(rest.slice(0, cut)));
    if (cut === end && newline !== -1) nodes.push({ kind: 'text', text: '\n' });
    rest = rest.slice(cut === end ? end + 1 : cut);
  }
  return nodes;
}

function parseLine(line: string): readonly Node[] {
  const at = (pattern: RegExp, kind: 'heading' | 'small' | 'quote' | 'list'): readonly Node[] | null => {
    const match = pattern.exec(line);
    return match === null ? null : [{ kind, children: parseInline(line.slice(match[0].length)) }];
  };
  return (
    at(/^\s*#{1,3}\s+(?=\S)/, 'heading') ??
    at(/^\s*-#\s+(?=\S)/, 'small') ??
    at(/^\s*>{1,3}\s/, 'quote') ??
    at(/^\s*(?:[-*+]|\d+[.)])\s+(?=\S)/, 'list') ??
    parseInline(line)
  );
}

type Rule = { readonly pattern: RegExp; readonly make: (match: RegExpExecArray) => Node };

const nested =
  (kind: 'strong' | 'emphasis' | 'underline' | 'strike' | 'spoiler') =>
  (match: RegExpExecArray): Node => ({ kind, children: parseInline(match[1] ?? '') });

const RULES: readonly Rule[] = [
  // Escapes come first: a backslash before anything that is neither a letter, a digit nor a space.
  { pattern: /^\\([^0-9A-Za-z\s])/u, make: (match) => ({ kind: 'text', text: match[1] ?? '' }) },
  { pattern: /^(`+)([\s\S]*?[^`])\1(?!`)/, make: (match) => ({ kind: 'code', text: match[2] ?? '' }) },
  {
    pattern: /^<t:(-?\d{1,17})(?::([tTdDfFRsS]))?>/,
    make: (match) => ({ kind: 'time', seconds: Number(match[1]), style: match[2] ?? 'f' }),
  },
  {
    pattern: /^<(?:@!?|@&|#)\d+>|^<\/[^:>]+:\d+>|^<id:[a-z-]+>|^@(?:everyone|here)/,
    make: (match) => ({ kind: 'mention', text: match[0] }),
  },
  { pattern: /^<a?:\w+:\d+>|^:[A-Za-z0-9_+-]+:/, make: (match) => ({ kind: 'emoji', text: match[0] }) },
  { pattern: /^\[[^\]]*\]\([^)\s]+(?:\s+"[^"]*")?\)/, make: (match) => ({ kind: 'link', text: match[0] }) },
  { pattern: /^<[a-z]+:\/\/[^>\s]+>|^(?:https?|steam|discord):\/\/[^\s<]+/i, make: (match) => ({ kind: 'link', text: match[0] }) },
  { pattern: /^<[^@\s>]+@[^\s>]+>|^<\+\d+>/, make: (match) => ({ kind: 'link', text: match[0] }) },
  { pattern: /^\|\|([\s\S]+?)\|\|/, make: nested('spoiler') },
  { pattern: /^\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/, make: nested('strong') },
  { pattern: /^__((?:\\[\s\S]|[^\\])+?)__(?!_)/, make: nested('underline') },
  { pattern: /^~~((?:\\[\s\S]|[^\\])+?)~~/, make: nested('strike') },
  { pattern: /^\*(?=\S)((?:\\[\s\S]|[^\\*])+?)\*(?!\*)/, make: nested('emphasis') },
  { pattern: /^_((?:\\[\s\S]|[^\\_])+?)_(?![A-Za-z0-9])/, make: nested('emphasis') },
];

function parseInline(text: string): readonly Node[] {
  const nodes: Node[] = [];
  let plain = '';
  let rest = text;
  while (rest !== '') {
    const found = RULES.map((rule) => ({ rule, match: rule.pattern.exec(rest) })).find(({ match }) => match !== null);
    if (found?.match == null) {
      const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
      plain += character;
      rest = rest.slice(character.length);
      continue;
    }
    const node = found.rule.make(found.match);
    if (node.kind === 'text') plain += node.text;
    else {
      if (plain !== '') nodes.push({ kind: 'text', text: plain });
      plain = '';
      nodes.push(node);
    }
    rest = rest.slice(found.match[0].length);
  }
  return plain === '' ? nodes : [...nodes, { kind: 'text', text: plain }];
}

/** What a reader sees, markup removed. */
export function visibleText(nodes: readonly Node[]): string {
  return nodes
    .map((node) => {
      if ('children' in node) return visibleText(node.children);
      return 'text' in node ? node.text : `<t:${node.seconds}:${node.style}>`;
    })
    .join('');
}

/** Every kind of markup in it, nested ones too. */
export function kindsIn(nodes: readonly Node[]): ReadonlySet<Node['kind']> {
  return new Set(nodes.flatMap((node) => [node.kind, ...('children' in node ? kindsIn(node.children) : [])]));
}
