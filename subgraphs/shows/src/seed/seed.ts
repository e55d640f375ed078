import type { NewShow } from '../shows/show-row.js';
import { checkNewShow } from '../shows/show-rules.js';
import type { ShowStore } from '../store.js';
import { exampleShows } from './example-shows.js';

/** Adds the example shows that do not exist yet; existing ones stay unchanged. */
export async function seed(store: ShowStore): Promise<void> {
  await store.addShows(exampleShows.map(toNewShow));
}

function toNewShow({ addedById, ...show }: (typeof exampleShows)[number]): NewShow {
  const { value, problems } = checkNewShow(show);
  if (problems) throw new Error(`The example show ${show.slug} is invalid: ${JSON.stringify(problems)}`);
  return { ...value, addedById };
}
