import { badInput, conflict, notFound } from '@marquee/chassis/errors/errors';
import { requireRole, type Caller, type UserCaller } from '@marquee/chassis/identity/caller';
import { checked, text } from '@marquee/chassis/input/text';
import { validate } from 'uuid';
import { z } from 'zod';
import { TaxonomyCategory, type TaxonomyTerm } from './taxonomy-model.js';
import type { TermOutcome } from './taxonomy-store.js';
import { slugForm, slugOf } from '../input/slug.js';
import { given } from '../input/input-values.js';

const slug = z
  .string({ error: 'cannot be cleared' })
  .max(60, 'must have at most 60 characters')
  .regex(slugForm, 'must be lower-case letters and digits, with single hyphens between');

const change = z.object({
  category: z.undefined({ error: 'cannot change' }).optional(),
  label: text(1, 60).optional(),
  slug: slug.optional(),
  isActive: z.boolean({ error: 'cannot be cleared' }).optional(),
});

const addition = z.object({
  category: z.enum(TaxonomyCategory, { error: 'is needed for a new term' }),
  label: z.string({ error: 'is needed for a new term' }).pipe(text(1, 60)),
  slug: slug.nullish(),
  isActive: z.boolean().nullish(),
});

export function mustAdminister(caller: Caller): UserCaller {
  return requireRole(caller, 'ADMIN');
}

/** What is offered no more is for those who administer it. */
export function seesInactive(caller: Caller): boolean {
  return caller.kind === 'user' && caller.role === 'ADMIN';
}

/** @throws BAD_USER_INPUT with every problem */
export function newTerm(input: object): Omit<TaxonomyTerm, 'id'> {
  const term = checked(addition, input);
  const made = term.slug ?? slugOf(term.label);
  if (made === null) throw badInput({ path: 'input.slug', message: `cannot be made from "${term.label}": give one` });
  return { category: term.category, label: term.label, slug: made, isActive: term.isActive ?? true };
}

/** @throws BAD_USER_INPUT with every problem */
export function termChange(input: object): Partial<TaxonomyTerm> {
  return given(checked(change, input));
}

/** @throws NOT_FOUND, as for an id of nothing */
export function termId(id: string): string {
  if (validate(id)) return id;
  throw notFound('taxonomy term', id.slice(0, 100));
}

/** @throws NOT_FOUND, or CONFLICT when another term of the category has the slug */
export function savedTerm(outcome: TermOutcome, key: string): TaxonomyTerm {
  if (outcome === 'absent') throw notFound('taxonomy term', key);
  if (outcome === 'slug taken') throw conflict(`Another term of this category has the slug "${key}".`);
  return outcome;
}
