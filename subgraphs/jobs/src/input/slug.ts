import { fold } from '@marquee/chassis/input/fold';

/** The format of every slug: lower-case letters and digits, with single hyphens between them. */
export const slugPattern = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** The format of the slug of a show. */
export const showSlugPattern = /^show\/[a-z0-9][a-z0-9-]*$/;

const maxLength = 60;

/** Converts a name to a slug. Null if no character of the name can be part of a slug. */
export function toSlug(name: string): string | null {
  const slug = fold(name)
    .replace(/['’]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, maxLength)
    .replace(/^-+|-+$/g, '');
  return slug === '' ? null : slug;
}

/** Yields the base itself, then the base with the suffixes `-2`, `-3` and so on, skipping slugs that are taken. */
export function* slugCandidates(base: string, taken: ReadonlySet<string>): Generator<string> {
  if (!taken.has(base)) yield base;
  for (let suffix = 2; ; suffix += 1) if (!taken.has(`${base}-${suffix}`)) yield `${base}-${suffix}`;
}
