import { z } from 'zod';
import { badInput } from '../errors/errors.js';

/** Maximum average length of a grapheme cluster in UTF-16 code units. An emoji of a family of four has eleven. */
const codeUnitsPerCharacter = 20;

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A schema for text with a number of user-perceived characters (grapheme clusters). Surrounding blanks are removed. */
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
 * Validates an input.
 * @throws BAD_USER_INPUT with every problem, each with its path below `root`
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
  if (controlCharacter.test(value)) return 'must not contain control characters';
  const length = value.length > max * codeUnitsPerCharacter ? max + 1 : countGraphemes(value);
  if (length > max) return `must have at most ${max} characters`;
  if (length < min || (min > 0 && !visible.test(value))) return `must have at least ${min} characters`;
  return null;
}

function countGraphemes(value: string): number {
  let length = 0;
  for (const _ of segmenter.segment(value)) length += 1;
  return length;
}

/** Control characters except tab, line feed and carriage return, and lone surrogates. Postgres cannot store NUL. */
// eslint-disable-next-line no-control-regex
const controlCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\p{Surrogate}]/u;

const visible = /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u;
