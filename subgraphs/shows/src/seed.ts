import { seededShows } from './seed/shows.js';
import { checkNewShow } from './rules/show-values.js';
import type { NewShow } from './store/show-row.js';
import type { ShowStore } from './store/shows.js';

/** Adds the invented shows that are not there yet; what is there stays as it is. */
export async function seed(store: ShowStore): Promise<void> {
  await store.addAll(seededShows.map(newShow));
}

function newShow({ addedById, ...show }: (typeof seededShows)[number]): NewShow {
  const { value, problems } = checkNewShow(show);
  if (problems) throw new Error(`The seeded show ${show.slug} is invalid: ${JSON.stringify(problems)}`);
  return { ...value, addedById };
}
