import type { z } from 'zod';

/** One argument of a command as its schema describes it; what usage lines, help, completion and platforms' menus are made from. */
export type Argument = {
  readonly name: string;
  /** How usage shows it: the name, or the schema's `label` metadata. */
  readonly label: string;
  readonly explains: string;
  readonly kind: 'text' | 'number' | 'switch' | 'choice';
  readonly isRequired: boolean;
  readonly isPositional: boolean;
  /** The closed set of values of a `choice`; empty otherwise. */
  readonly choices: readonly string[];
};

/** Positional arguments in order, then flags in the schema's order. */
export function describeArguments(schema: z.ZodObject, positional: readonly string[]): readonly Argument[] {
  const names = [...positional, ...Object.keys(schema.shape).filter((name) => !positional.includes(name))];
  return names.flatMap((name) => {
    const type = schema.shape[name];
    return type === undefined ? [] : [describe(name, type, positional.includes(name))];
  });
}

type Type = z.core.$ZodType;

function describe(name: string, type: Type, isPositional: boolean): Argument {
  const layers = unwrap(type);
  const inner = layers.at(-1)?._zod.def.type;
  const metadata = layers.map(metadataOf).find((found) => found !== undefined) ?? {};
  return {
    name,
    label: typeof metadata['label'] === 'string' ? metadata['label'] : name,
    explains: typeof metadata['description'] === 'string' ? metadata['description'] : '',
    kind: inner === 'number' ? 'number' : inner === 'boolean' ? 'switch' : inner === 'enum' ? 'choice' : 'text',
    isRequired: !layers.some((layer) => OPTIONAL.has(layer._zod.def.type)),
    isPositional,
    choices: choicesOf(layers.at(-1)),
  };
}

const OPTIONAL = new Set(['optional', 'default', 'nullable', 'prefault']);

/** The type and what it wraps, outermost first. */
function unwrap(type: Type): readonly Type[] {
  const { def } = type._zod;
  return 'innerType' in def && isType(def.innerType) ? [type, ...unwrap(def.innerType)] : [type];
}

function isType(value: unknown): value is Type {
  return typeof value === 'object' && value !== null && '_zod' in value;
}

function metadataOf(type: Type): Record<string, unknown> | undefined {
  return 'meta' in type && typeof type.meta === 'function' ? type.meta() : undefined;
}

function choicesOf(type: Type | undefined): readonly string[] {
  return type !== undefined && 'options' in type && Array.isArray(type.options)
    ? type.options.filter((option): option is string => typeof option === 'string')
    : [];
}
