import type { ImportResult } from './import-model.js';
import type { ValidatedItem } from './import-rules.js';
import type { ShowStore } from '../shows/show-store.js';

/** Adds what was judged fit and says what became of every item, in order. */
export async function importShows(store: ShowStore, judged: readonly ValidatedItem[]): Promise<ImportResult[]> {
  const shows = judged.flatMap((item) => (item.verdict === 'add' ? [item.show] : []));
  const added = (await store.addShows(shows)).values();
  return judged.map((item, index): ImportResult => {
    if (item.verdict === 'invalid') return { kind: 'ShowInvalid', index, fields: item.fields };
    if (item.verdict === 'repeated') return { kind: 'ShowConflict', slug: item.slug };
    const show = added.next().value;
    return show ? { kind: 'ShowCreated', show } : { kind: 'ShowConflict', slug: item.show.slug };
  });
}
