import type { Store } from '../store/store.js';
import { exampleProfiles } from './profiles.js';
import { terms } from './terms.js';

/** Fills what is empty with an example world; what is there stays as it is. */
export async function seed(store: Store): Promise<void> {
  await store.seeding.addTerms(terms);
  await store.seeding.addProfiles(exampleProfiles(Date.now()));
}
