import { z } from 'zod';
import { badInput } from '../errors/errors.js';

/** A character as people see it may be many code units (a family of four is eleven), but not without end. */
const codeUnitsPerCharacter = 20;

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A text of so many characters as people see them, without the blanks around it. */
export function text(min: number, max: number) {
  return z
    .string({ error: 'cannot be cleared' })
    .trim()
    .superRefine((value, context) => {
      const problem = problemOf(value, min, max);
      if (problem !== null) context.addIssue({ code: 'custom', message: problem });
    });
}

/**
 * Checks an input as a whole.
 * @throws BAD_USER_INPUT with every problem, each at its path below `root`
 */
export function validateInput<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  root = 'input',
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw badInput(...result.error.issues.map(({ path, message }) => ({ path: [root, ...path].join('.'), message })));
}

function problemOf(value: string, min: number, max: number): string | null {
  if (controlCharacter.test(value)) return 'must not hold control characters';
  const length = value.length > max * codeUnitsPerCharacter ? max + 1 : lengthOf(value);
  if (length > max) return `must have at most ${max} characters`;
  if (length < min || (min > 0 && !visible.test(value))) return `must have at least ${min} characters`;
  return null;
}

function lengthOf(value: string): number {
  let length = 0;
  for (const _ of segmenter.segment(value)) length += 1;
  return length;
}

/** All but tab, line feed and carriage return, and halves of characters; PostgreSQL cannot even store some of them. */
// eslint-disable-next-line no-control-regex
const controlCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\p{Surrogate}]/u;

const visible = /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u;
