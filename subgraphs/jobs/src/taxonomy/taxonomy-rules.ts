import { badInput, conflict, notFound } from '@marquee/chassis/errors/errors';
import { validateInput, text } from '@marquee/chassis/input/text';
import { validate } from 'uuid';
import { z } from 'zod';
import { omitUndefined } from '../input/input-values.js';
import { slugPattern, toSlug } from '../input/slug.js';
import { TaxonomyCategory, type TaxonomyTerm } from './taxonomy-model.js';
import type { TermOutcome } from './taxonomy-store.js';

const slug = z
  .string({ error: 'cannot be cleared' })
  .max(60, 'must have at most 60 characters')
  .regex(slugPattern, 'must be lower-case letters and digits, with single hyphens between');

const changeSchema = z.object({
  category: z.undefined({ error: 'cannot change' }).optional(),
  label: text(1, 60).optional(),
  slug: slug.optional(),
  isActive: z.boolean({ error: 'cannot be cleared' }).optional(),
});

const newTermSchema = z.object({
  category: z.enum(TaxonomyCategory, { error: 'is required for a new term' }),
  label: z.string({ error: 'is required for a new term' }).pipe(text(1, 60)),
  slug: slug.nullish(),
  isActive: z.boolean().nullish(),
});

/** @throws BAD_USER_INPUT with every invalid field */
export function parseNewTerm(input: object): Omit<TaxonomyTerm, 'id'> {
  const term = validateInput(newTermSchema, input);
  const made = term.slug ?? toSlug(term.label);
  if (made === null)
    throw badInput({ path: 'input.slug', message: `cannot be generated from "${term.label}": pass a slug` });
  return { category: term.category, label: term.label, slug: made, isActive: term.isActive ?? true };
}

/** @throws BAD_USER_INPUT with every invalid field */
export function parseTermChange(input: object): Partial<TaxonomyTerm> {
  return omitUndefined(validateInput(changeSchema, input));
}

/** @throws NOT_FOUND if the id is not a UUID, because no term can have it */
export function requireTermId(id: string): string {
  if (validate(id)) return id;
  throw notFound('taxonomy term', id.slice(0, 100));
}

/** @throws NOT_FOUND for an unknown term, CONFLICT if another term of the category has the slug */
export function requireSaved(outcome: TermOutcome, key: string): TaxonomyTerm {
  if (outcome === 'absent') throw notFound('taxonomy term', key);
  if (outcome === 'slug taken') throw conflict(`Another term of this category has the slug "${key}".`, 'input.slug');
  return outcome;
}
