import { z } from 'zod';
import { badInput } from '../errors/errors.js';
import { exceedsCharacters } from './character-count.js';
import { exceedsBytes, isOversized, maxBytes, unsafeTextProblem } from './unsafe-text.js';

/** Problems that one error reports. An input may have as many as its body has bytes. */
const maxProblems = 100;

/**
 * A schema for one line of text with a number of user-perceived characters (grapheme clusters), 16 bytes for each that is
 * allowed, and nothing that `unsafeTextProblem` reports. Surrounding blanks are removed.
 */
export function text(min: number, max: number) {
  return boundedText(min, max, false);
}

/** The same for a text of several lines. */
export function multilineText(min: number, max: number) {
  return boundedText(min, max, true);
}

/** A list of at most `max` entries. A longer one is refused before its entries are checked. */
export function boundedList<Entry extends z.ZodType>(
  entry: Entry,
  max: number,
  error = `must have at most ${max} entries`,
) {
  const isShort = (value: unknown): boolean => !Array.isArray(value) || value.length <= max;
  return z.custom<z.input<Entry>[]>(isShort, { error }).pipe(z.array(entry));
}

/**
 * Returns the first problem of a text, or null for a valid text. The length is checked first, so that the time of the
 * other checks depends on the limit instead of the text.
 */
export function textProblem(value: string, max: number, lines = false): string | null {
  const tooLong = `must have at most ${max} characters`;
  if (isOversized(value, max)) return tooLong;
  const problem = unsafeTextProblem(value, lines);
  if (problem !== null) return problem;
  if (exceedsCharacters(value, max)) return tooLong;
  return exceedsBytes(value, max) ? `must have at most ${maxBytes(max)} bytes` : null;
}

/**
 * Validates an input.
 * @throws BAD_USER_INPUT with every problem, up to 100, each with its path below `root`
 */
export function validateInput<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  root = 'input',
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.slice(0, maxProblems);
  throw badInput(...problems.map(({ path, message }) => ({ path: [root, ...path].join('.'), message })));
}

function boundedText(min: number, max: number, lines: boolean) {
  return z
    .string({ error: 'cannot be cleared' })
    .trim()
    .superRefine((value, context) => {
      const problem = textProblem(value, max, lines) ?? (isTooShort(value, min) ? shortText(min) : null);
      if (problem !== null) context.addIssue({ code: 'custom', message: problem });
    });
}

function isTooShort(value: string, min: number): boolean {
  return min > 0 && (!visible.test(value) || !exceedsCharacters(value, min - 1));
}

function shortText(min: number): string {
  return `must have at least ${min} characters`;
}

const visible = new RegExp('[[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}]--[\\p{Default_Ignorable_Code_Point}\\u2800]]', 'v');
