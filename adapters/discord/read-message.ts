import type { MessageIdentity } from './identity-of-message.ts';

/** A message as Discord sends it, as far as it is looked at. Nothing is taken for granted: it comes from the network. */
type Received = { readonly id?: unknown; readonly author?: { readonly id?: unknown } | null; readonly components?: unknown };
type ReceivedComponent = {
  readonly type?: unknown;
  readonly id?: unknown;
  readonly content?: unknown;
  readonly label?: unknown;
  readonly custom_id?: unknown;
  readonly components?: unknown;
};

/** Is it the message with this identity, written by us? Others can copy our ids, not our account. */
export function isOurs(message: unknown, identity: MessageIdentity, botId: string): boolean {
  if (!isRecord(message)) return false;
  const { author } = message as Received;
  if (!isRecord(author) || author['id'] !== botId) return false;
  const ids = new Set(componentsOf(message).map((component) => component.id));
  return ids.has(identity.container) && ids.has(identity.text);
}

export function firstText(message: unknown): string | null {
  const found = componentsOf(message).find((component) => typeof component.content === 'string');
  return typeof found?.content === 'string' ? found.content : null;
}

/** Do both say the same, apart from spaces (which Discord trims)? */
export function saysTheSame(message: unknown, other: unknown): boolean {
  const textOf = (each: unknown) =>
    componentsOf(each)
      .map(({ content, label }) => `${String(content ?? '')}${String(label ?? '')}`)
      .join('')
      .replace(/\s/g, '');
  return textOf(message) === textOf(other);
}

/** The label of the component with this custom id. */
export function labelOf(message: unknown, customId: string): string | null {
  const found = componentsOf(message).find((component) => component.custom_id === customId);
  return typeof found?.label === 'string' ? found.label : null;
}

export function hasComponent(message: unknown, customId: string): boolean {
  return componentsOf(message).some((component) => component.custom_id === customId);
}

/** All components, nested ones included, in their order. */
function componentsOf(holder: unknown): readonly ReceivedComponent[] {
  const { components } = isRecord(holder) ? (holder as Received) : {};
  if (!Array.isArray(components)) return [];
  return components.flatMap((component: unknown) =>
    isRecord(component) ? [component as ReceivedComponent, ...componentsOf(component)] : [],
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
