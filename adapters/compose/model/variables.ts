import type { FindingLog } from '../finding-log.ts';
import { substitute, type TemplateProblem, type VariableUse } from '../values/template.ts';
import { type Cursor, joinKey, type Tree } from '../yaml/tree.ts';

/** An alias costs nothing until its text is filled in again at every use. */
const MOST_CHARACTERS = 8 * 1024 * 1024;

/**
 * The variables of one reading, and what was asked of them. Never the bot's own environment: its secrets live there,
 * and whoever may edit an app's Compose file may not read them.
 */
export class Variables {
  readonly #values: ReadonlyMap<string, string>;
  readonly #isSecret: (name: string) => boolean;
  readonly #versionDefaults: string[] = [];
  #usesVersion = false;
  #characters = 0;

  /** `isSecret`: is there one of this name? Secrets are no variables: what they are filled into would be readable in specifications and plans. */
  constructor(values: ReadonlyMap<string, string>, isSecret: (name: string) => boolean = () => false) {
    this.#values = values;
    this.#isSecret = isSecret;
  }

  get(name: string): string | undefined {
    if (name === 'VERSION') this.#usesVersion = true;
    return this.#values.get(name);
  }

  /** A secret that was taken for a variable: nothing is set under its name but by `/secret set`. */
  isOnlySecret(name: string): boolean {
    return !this.#values.has(name) && this.#isSecret(name);
  }

  get usesVersion(): boolean {
    return this.#usesVersion;
  }

  /** What `${VERSION:-…}` fell back to, in the order met, each once. */
  get versionDefaults(): readonly string[] {
    return [...new Set(this.#versionDefaults)];
  }

  /** Fills in one text; what cannot be filled in is refused at `at`. */
  fill(template: string, at: Cursor, log: FindingLog): string {
    if (this.#characters > MOST_CHARACTERS) {
      log.refuse(
        at,
        'The variables of these files fill in too much text.',
        'Use shorter values, or fewer aliases of texts with variables.',
      );
      return '';
    }
    const { text, problems, uses } = substitute(template, (name) => this.#values.get(name));
    this.#characters += template.length + text.length;
    for (const use of uses) this.#note(use);
    for (const problem of problems) {
      log.refuse(at, ...('name' in problem && this.isOnlySecret(problem.name) ? secretAsText(problem.name) : describe(problem)));
    }
    return text;
  }

  #note(use: VariableUse): void {
    if (use.name !== 'VERSION') return;
    this.#usesVersion = true;
    if (use.fallback !== null) this.#versionDefaults.push(use.fallback);
  }
}

/** The same tree with every text filled in. Keys are left as they are, as in Compose. */
export function interpolate(tree: Tree, variables: Variables, log: FindingLog, key = ''): Tree {
  switch (tree.kind) {
    case 'scalar':
      if (typeof tree.value !== 'string' || !tree.value.includes('$')) return tree;
      return { ...tree, value: asTyped(variables.fill(tree.value, { tree, key }, log), key) };
    case 'list':
      return { ...tree, items: tree.items.map((item, index) => interpolate(item, variables, log, `${key}[${index}]`)) };
    case 'map':
      return {
        ...tree,
        entries: new Map([...tree.entries].map(([name, value]) => [name, interpolate(value, variables, log, joinKey(key, name))])),
      };
  }
}

/** Interpolation gives texts, and the schema takes texts nearly everywhere; here it insists on a boolean. */
function asTyped(text: string, key: string): string | boolean {
  if (!/\.depends_on\.[^.]+\.required$/.test(key)) return text;
  return text === 'true' ? true : text === 'false' ? false : text;
}

/** Why a secret is not filled in, and how it reaches a container. */
export function secretAsText(name: string): [problem: string, remedy: string] {
  return [
    `${name} is a secret, and secrets are not filled into texts: everybody who sees the specification or the plan would see it.`,
    `Write \`secrets: { ${name.toLowerCase()}: { environment: ${name} } }\` at top level, name it under the service's \`secrets\`, and let the program read /run/secrets/${name.toLowerCase()}.`,
  ];
}

const WHERE_VARIABLES_COME_FROM =
  "the app environment's `variables` or `env_files` in shipmate.yml (the bot's own environment is never read: its secrets live there)";

function describe(problem: TemplateProblem): [problem: string, remedy: string] {
  switch (problem.kind) {
    case 'malformed':
      return [`"${problem.rest}" is not a valid variable.`, `Write \`\${NAME}\`, or \`$$\` for a plain dollar.`];
    case 'missing':
      if (problem.name === 'VERSION')
        return ['A version is needed here and none was given.', `Name one, or write a default: \`\${VERSION:-1.0.0}\`.`];
      return [
        `The variable ${problem.name} is not set.`,
        `Set it in ${WHERE_VARIABLES_COME_FROM}, or write a default: \`\${${problem.name}:-value}\`.`,
      ];
    case 'required': {
      const reason = problem.message === '' ? '' : ` (${problem.message})`;
      if (problem.name === 'VERSION') return [`A version is needed here and none was given${reason}.`, 'Name one when you deploy.'];
      return [`The variable ${problem.name} is required and not set${reason}.`, `Set it in ${WHERE_VARIABLES_COME_FROM}.`];
    }
  }
}
