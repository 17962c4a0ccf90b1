import { z } from 'zod';
import type { Finding } from '../ports/app-source.ts';
import { suggest } from './near-miss.ts';
import type { YamlFile } from './yaml-file.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Turns what the schema says into what a person needs: file, line, key, what is wrong, what to write instead. */
export function explainIssue(schema: z.ZodType, yaml: YamlFile, issue: Issue): readonly Finding[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schemaAt(schema, path));
    return issue.keys.map((key) => ({
      file: yaml.file,
      line: yaml.lineOfKey(path, key),
      key: formatPath([...path, key]),
      problem: 'is not a known key.',
      remedy: suggest(key, known, 'keys here'),
    }));
  }
  const isKey = issue.code === 'invalid_key';
  const problem = isKey ? 'is not a valid name.' : problemOf(issue, valueAt(yaml.value, path));
  const described = isKey ? keySchema(schemaAt(schema, path.slice(0, -1))) : schemaAt(schema, path);
  const meaning = descriptionOf(described);
  return [
    {
      file: yaml.file,
      line: yaml.lineOf(path),
      key: path.length === 0 ? '(file)' : formatPath(path),
      problem,
      remedy: remedyOf(issue, meaning),
    },
  ];
}

export function formatPath(path: Path): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`)).join('');
}

function problemOf(issue: Issue, value: unknown): string {
  if (value === undefined) return 'is missing.';
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${article(issue.expected)}, not ${kindOf(value)}.`;
    case 'invalid_union':
      return `cannot be ${kindOf(value)}.`;
    case 'invalid_value':
      return `cannot be ${JSON.stringify(value)}.`;
    case 'too_small':
      return 'is empty.';
    case 'invalid_format':
      return 'is not written as it must be.';
    case 'custom':
      return issue.message;
    default:
      return `is not valid (${issue.message}).`;
  }
}

function remedyOf(issue: Issue, meaning: string | null): string {
  const allowed = issue.code === 'invalid_value' ? ` Allowed: ${issue.values.map(String).join(', ')}.` : '';
  return meaning === null ? allowed.trim() || 'See docs/configuration.md.' : `It is: ${meaning}.${allowed}`;
}

const ARTICLES: Readonly<Record<string, string>> = {
  string: 'a text',
  record: 'a mapping',
  object: 'a mapping',
  array: 'a list',
  boolean: 'true or false',
};

function article(expected: string): string {
  return ARTICLES[expected] ?? `a ${expected}`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string' ? 'this text' : `the ${typeof value} ${String(value)} (quotes make it a text)`;
}

/** The schema that judges the value at a path, seen through `optional` and `nullable`. */
function schemaAt(schema: z.core.$ZodType, path: Path): z.core.$ZodType | null {
  let current: z.core.$ZodType | null = schema;
  for (const part of path) {
    const inner = unwrap(current);
    if (inner instanceof z.ZodObject) current = inner.shape[String(part)] ?? null;
    else if (inner instanceof z.ZodRecord) current = inner.valueType;
    else if (inner instanceof z.ZodArray) current = inner.element;
    else return current;
    if (current === null) return null;
  }
  return current;
}

function unwrap(schema: z.core.$ZodType | null): z.core.$ZodType | null {
  let current = schema;
  while (current instanceof z.ZodOptional || current instanceof z.ZodNullable) current = current.unwrap();
  return current;
}

function knownKeys(schema: z.core.$ZodType | null): readonly string[] {
  const inner = unwrap(schema);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

function keySchema(schema: z.core.$ZodType | null): z.core.$ZodType | null {
  const inner = unwrap(schema);
  return inner instanceof z.ZodRecord ? inner.keyType : null;
}

function descriptionOf(schema: z.core.$ZodType | null): string | null {
  for (const candidate of [schema, unwrap(schema)]) {
    const description = candidate === null ? undefined : z.globalRegistry.get(candidate)?.description;
    if (description !== undefined) return description;
  }
  return null;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (current, part) => (typeof current === 'object' && current !== null ? Reflect.get(current, part) : undefined),
    value,
  );
}
