import type { ImportResult } from '../model/payloads.js';
import type { Judged } from '../rules/import.js';
import type { ShowStore } from '../store/shows.js';

/** Adds what was judged fit and says what became of every item, in order. */
export async function importShows(store: ShowStore, judged: readonly Judged[]): Promise<ImportResult[]> {
  const shows = judged.flatMap((item) => (item.verdict === 'add' ? [item.show] : []));
  const added = (await store.addAll(shows)).values();
  return judged.map((item, index): ImportResult => {
    if (item.verdict === 'invalid') return { kind: 'ShowInvalid', index, fields: item.fields };
    if (item.verdict === 'repeated') return { kind: 'ShowConflict', slug: item.slug };
    const show = added.next().value;
    return show ? { kind: 'ShowCreated', show } : { kind: 'ShowConflict', slug: item.show.slug };
  });
}
