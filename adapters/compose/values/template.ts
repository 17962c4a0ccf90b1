/**
 * Compose interpolation of one text: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:?message}`,
 * `${NAME?message}`, `${NAME:+other}`, `${NAME+other}`, nested in each other, and `$$` for a dollar.
 * A `:` before the operator makes an empty value count as missing (Compose Specification, "Interpolation").
 */
export type Lookup = (name: string) => string | undefined;

export type TemplateProblem =
  | { readonly kind: 'missing'; readonly name: string }
  | { readonly kind: 'required'; readonly name: string; readonly message: string }
  | { readonly kind: 'malformed'; readonly rest: string };

/** Which variable was asked for, and the default that stood in for it. */
export type VariableUse = { readonly name: string; readonly fallback: string | null };

export type Substituted = { readonly text: string; readonly problems: readonly TemplateProblem[]; readonly uses: readonly VariableUse[] };

const NAME = /^[A-Za-z_][A-Za-z0-9_]*/;
const OPERATOR = /^:?[-?+]/;
const DEEPEST_NESTING = 20;

export function substitute(template: string, lookup: Lookup): Substituted {
  const problems: TemplateProblem[] = [];
  const uses: VariableUse[] = [];
  const text = expand(template, { lookup, problems, uses, depth: 0 });
  return { text, problems, uses };
}

type Expansion = {
  readonly lookup: Lookup;
  readonly problems: TemplateProblem[];
  readonly uses: VariableUse[];
  readonly depth: number;
};

function expand(template: string, state: Expansion): string {
  let text = '';
  let position = 0;
  while (position < template.length) {
    const dollar = template.indexOf('$', position);
    if (dollar === -1) return text + template.slice(position);
    text += template.slice(position, dollar);
    const rest = template.slice(dollar + 1, dollar + 300);
    if (rest.startsWith('$')) {
      text += '$';
      position = dollar + 2;
    } else if (rest.startsWith('{')) {
      const end = closingBrace(template, dollar + 2);
      const value = end === null || state.depth >= DEEPEST_NESTING ? null : braced(template.slice(dollar + 2, end), state);
      if (end === null || value === null) {
        state.problems.push({ kind: 'malformed', rest: template.slice(dollar, dollar + 20) });
        return text;
      }
      text += value;
      position = end + 1;
    } else {
      const name = NAME.exec(rest)?.[0];
      if (name === undefined) {
        state.problems.push({ kind: 'malformed', rest: template.slice(dollar, dollar + 20) });
        return text;
      }
      text += plain(name, state);
      position = dollar + 1 + name.length;
    }
  }
  return text;
}

/** The `}` that ends what began at `from`; braces of nested `${` count. */
function closingBrace(template: string, from: number): number | null {
  let open = 1;
  for (let index = from; index < template.length; index += 1) {
    if (template[index] === '$' && template[index + 1] === '{') {
      open += 1;
      index += 1;
    } else if (template[index] === '}') {
      open -= 1;
      if (open === 0) return index;
    }
  }
  return null;
}

function plain(name: string, state: Expansion): string {
  const value = state.lookup(name);
  state.uses.push({ name, fallback: null });
  if (value === undefined) state.problems.push({ kind: 'missing', name });
  return value ?? '';
}

/** What stands between the braces; null when it is malformed. */
function braced(inside: string, state: Expansion): string | null {
  const name = NAME.exec(inside)?.[0];
  if (name === undefined) return null;
  const tail = inside.slice(name.length);
  if (tail === '') return plain(name, state);
  const operator = OPERATOR.exec(tail)?.[0];
  if (operator === undefined) return null;
  const word = tail.slice(operator.length);
  const value = state.lookup(name);
  const isPresent = value !== undefined && !(operator.startsWith(':') && value === '');
  const deeper = { ...state, depth: state.depth + 1 };
  switch (operator.at(-1)) {
    case '-': {
      const fallback = isPresent ? null : expand(word, deeper);
      state.uses.push({ name, fallback });
      return fallback ?? value ?? '';
    }
    case '+':
      state.uses.push({ name, fallback: null });
      return isPresent ? expand(word, deeper) : '';
    default:
      state.uses.push({ name, fallback: null });
      if (isPresent) return value ?? '';
      // The message as written: filled in, it could show the value of another variable.
      state.problems.push({ kind: 'required', name, message: word });
      return '';
  }
}
