import { z } from 'zod';
import { WorkspaceFile } from './workspace-schema.ts';

/** The JSON Schema of `shipmate.yml` for editors (`# yaml-language-server: $schema=…`); kept as shipmate.schema.json. */
export function workspaceJsonSchema(): object {
  return z.toJSONSchema(WorkspaceFile, { io: 'input' });
}

/** Every key of `shipmate.yml` with its description, as documented: `apps.<name>.compose`. */
export function workspaceKeys(): readonly { readonly key: string; readonly required: boolean; readonly description: string }[] {
  return keysOf(z.toJSONSchema(WorkspaceFile, { io: 'input' }), '');
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

function keysOf(schema: JsonSchema, prefix: string): readonly { key: string; required: boolean; description: string }[] {
  const object = [schema, ...(schema.anyOf ?? [])].find((candidate) => candidate.type === 'object');
  const own = Object.entries(object?.properties ?? {}).flatMap(([name, member]) => {
    if (typeof member === 'boolean') return [];
    const key = `${prefix}${name}`;
    const required = object?.required?.includes(name) === true;
    const { items } = member;
    const each = typeof items === 'object' && !Array.isArray(items) ? keysOf(items, `${key}[].`) : [];
    return [{ key, required, description: member.description ?? '' }, ...keysOf(member, `${key}.`), ...each];
  });
  const each = object?.additionalProperties;
  if (typeof each !== 'object') return own;
  return [...own, ...keysOf(each, `${prefix}<name>.`)];
}
