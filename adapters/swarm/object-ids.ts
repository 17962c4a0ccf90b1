/** The engine's id of an object that a service refers to, by the object's name; throws when the engine must know it and does not. */
export type ObjectIds = (kind: 'network' | 'secret' | 'config', engineName: string) => string;

/** For pure conversions: names stand for ids. */
export const namesAsIds: ObjectIds = (_kind, engineName) => engineName;

/** Networks that every engine has; they know no aliases. */
export function isPredefinedNetwork(name: string): boolean {
  return name === 'host' || name === 'bridge' || name === 'none' || name === 'default';
}
