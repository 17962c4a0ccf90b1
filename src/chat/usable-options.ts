import type { Element } from './message.ts';
import { plainLine } from './plain-text.ts';

type Options = Extract<Element, { type: 'select' }>['options'];

/**
 * The options of a menu that a platform can show. A value is never cut, because it would be another choice; without a value, or with
 * one that is there already, an option is left out. What does not fit is left out from the end.
 */
export function usableOptions(options: Options, limits: { readonly options: number; readonly value: number }): Options {
  const seen = new Set<string>();
  const usable = options.filter(({ value }) => {
    const isUsable = value.trim() !== '' && value === plainLine(value) && value.length <= limits.value && !seen.has(value);
    seen.add(value);
    return isUsable;
  });
  return usable.slice(0, limits.options);
}
