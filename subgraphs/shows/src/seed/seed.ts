import { exampleShows } from './example-shows.js';
import { checkNewShow } from '../shows/show-rules.js';
import type { NewShow } from '../shows/show-row.js';
import type { ShowStore } from '../shows/show-store.js';

/** Adds the invented shows that are not there yet; what is there stays as it is. */
export async function seed(store: ShowStore): Promise<void> {
  await store.addShows(exampleShows.map(newShow));
}

function newShow({ addedById, ...show }: (typeof exampleShows)[number]): NewShow {
  const { value, problems } = checkNewShow(show);
  if (problems) throw new Error(`The seeded show ${show.slug} is invalid: ${JSON.stringify(problems)}`);
  return { ...value, addedById };
}
