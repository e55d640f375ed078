import { fold } from '@marquee/chassis/input/fold';

/** What every slug looks like. */
export const slugForm = /^[a-z0-9]+(-[a-z0-9]+)*$/;

const longest = 60;

/** What a name is called in an address; null when nothing of it can stand there. */
export function slugOf(name: string): string | null {
  const slug = fold(name)
    .replace(/['’]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, longest)
    .replace(/^-+|-+$/g, '');
  return slug === '' ? null : slug;
}

/** Slugs to try, the best first: the base itself, then with `-2`, `-3` and so on, without those that are taken. */
export function* slugsFor(base: string, taken: ReadonlySet<string>): Generator<string> {
  if (!taken.has(base)) yield base;
  for (let suffix = 2; ; suffix += 1) if (!taken.has(`${base}-${suffix}`)) yield `${base}-${suffix}`;
}
