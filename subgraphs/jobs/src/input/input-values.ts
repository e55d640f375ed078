import { badInput, notFound } from '@marquee/chassis/errors/errors';
import { boundedList, multilineText, text } from '@marquee/chassis/input/text';
import { validate } from 'uuid';
import { z } from 'zod';

/** An optional text of one line: blank text becomes null. */
export function optionalText(maxLength: number) {
  return blankToNull(text(0, maxLength));
}

/** The same for a text of several lines. */
export function optionalLines(maxLength: number) {
  return blankToNull(multilineText(0, maxLength));
}

/** An ordered list of texts: null becomes an empty list. */
export function textList(maxEntries: number, maxLength: number) {
  return boundedList(text(1, maxLength), maxEntries)
    .nullish()
    .transform((values) => (values === null ? [] : values));
}

/** An http or https URL, converted to the text that is stored. */
export const webUrl = z
  .instanceof(URL)
  .refine(({ protocol }) => protocol === 'https:' || protocol === 'http:', 'must be an http or https address')
  .transform(String)
  .refine((address) => address.length <= 2000, 'must have at most 2000 characters');

function blankToNull(schema: z.ZodString) {
  return schema.nullish().transform((value) => (value === '' ? null : value));
}

/** Removes the properties that are undefined, so that a partial update does not touch their columns. */
export function omitUndefined<Values extends object>(
  values: Values,
): { [Name in keyof Values]?: Exclude<Values[Name], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}

/** Flattens lists of ids from an input and keeps only those that are UUIDs, in lower case, as the database has them. */
export function validIds(...lists: (readonly string[] | null | undefined)[]): string[] {
  return lists
    .flatMap((ids) => ids ?? [])
    .filter((id) => validate(id))
    .map((id) => id.toLowerCase());
}

/** @throws NOT_FOUND if the id is not a UUID, because no row can have it */
export function requireUuid(noun: string, id: string): string {
  if (validate(id)) return id.toLowerCase();
  throw notFound(noun, id.slice(0, 100));
}

/** @throws BAD_USER_INPUT unless exactly one of id and slug is given */
export function requireOneKey(
  id: string | null | undefined,
  slug: string | null | undefined,
): { by: 'id' | 'slug'; value: string } {
  if (typeof id === 'string' && typeof slug !== 'string') return { by: 'id', value: id };
  if (typeof slug === 'string' && typeof id !== 'string') return { by: 'slug', value: slug };
  throw badInput({ path: 'id', message: 'pass exactly one of id and slug' });
}
