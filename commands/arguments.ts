import { z } from 'zod';
import { INPUT_LIMITS } from '../src/chat/limits.ts';
import { NAME_PATTERN, VERSION_PATTERN } from '../src/domain/names.ts';

/** Arguments that several commands share. Names of apps and environments are lower-cased: phones capitalise the first word. */
const name = z
  .string()
  .trim()
  .toLowerCase()
  .regex(NAME_PATTERN, 'is not a name: use lower-case letters, digits and inner dashes, at most 32');

export const app = name.meta({ description: 'The app, as /apps lists it.' });
export const environment = name.meta({ description: 'The environment, for instance staging.' });
/** As the Compose specification has it; case is kept, for `Web` and `web` are two services. */
export const service = z
  .string()
  .trim()
  .regex(/^[a-zA-Z0-9._-]+$/, 'is not a service: use letters, digits, dots, dashes and underscores')
  .meta({ description: 'One service of the app.' });

export const version = z
  .string()
  .trim()
  .regex(VERSION_PATTERN, 'is not a version: use letters, digits, dots, dashes and underscores, as in an image tag')
  .meta({ description: 'The version to run; without it what runs now, or the definition’s default.' });

export const reason = z
  .string()
  .trim()
  .min(1, 'is empty: leave --reason out, or say why')
  .max(INPUT_LIMITS.reasonLength, `is too long: at most ${INPUT_LIMITS.reasonLength} characters`)
  .optional()
  .meta({ description: 'Why, for the card and the history.' });

/** A whole number within bounds, from text. */
export function wholeNumber(minimum: number, maximum: number, usual: number, description: string) {
  const bounds = `must be a whole number from ${minimum} to ${maximum}`;
  return z.coerce.number(bounds).int(bounds).min(minimum, bounds).max(maximum, bounds).default(usual).meta({ description });
}
