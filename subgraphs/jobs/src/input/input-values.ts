import { notFound } from '@marquee/chassis/errors/errors';
import type { OwnedIds } from '@marquee/chassis/identity/owned-id';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { text } from '@marquee/chassis/input/text';
import { validate } from 'uuid';
import { z } from 'zod';

/** A text that may be missing: null and blanks clear it. */
export function clearable(max: number) {
  return text(0, max)
    .nullish()
    .transform((value) => (value === '' ? null : value));
}

/** A list of texts, in the order given; null empties it. */
export function texts(most: number, max: number) {
  return z
    .array(text(1, max))
    .max(most, `must have at most ${most} entries`)
    .nullish()
    .transform((values) => (values === null ? [] : values));
}

/** An address of the web, as it is stored. */
export const webAddress = z
  .instanceof(URL)
  .refine(({ protocol }) => protocol === 'https:' || protocol === 'http:', 'must be an http or https address')
  .transform(String)
  .refine((address) => address.length <= 2000, 'must have at most 2000 characters');

/** What of a change is there: a field that is left out does not change. */
export function given<Values extends object>(values: Values): Partial<Values> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<Values>;
}

/** What of the ids can be in the database at all. */
export function storable(...lists: (readonly string[] | null | undefined)[]): string[] {
  return lists
    .flatMap((ids) => ids ?? [])
    .filter((id) => validate(id))
    .map((id) => id.toLowerCase());
}

/** @throws NOT_FOUND when the id is not one that there can be */
export function key(noun: string, id: string): string {
  if (validate(id)) return id.toLowerCase();
  throw notFound(noun, id.slice(0, 100));
}

/** @throws NOT_FOUND unless the caller uploaded the media for this purpose: others' uploads are nobody's business */
export function mustOwnMedia(
  mediaIds: OwnedIds,
  caller: UserCaller,
  id: string | null | undefined,
  purpose: string,
): void {
  if (typeof id !== 'string' || mediaIds.belongs(id, caller.id, purpose)) return;
  throw notFound(`${purpose} media`, id.slice(0, 100));
}
