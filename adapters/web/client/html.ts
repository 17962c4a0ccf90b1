import { html as template } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';

/** Templates without a build step. Every `${text}` becomes a text node: nothing that people write is ever read as HTML. */
export const html: (strings: TemplateStringsArray, ...values: unknown[]) => View = template;

export type View = VNode | VNode[];
export type Children = ComponentChildren;
