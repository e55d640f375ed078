import { publishChange } from '@marquee/chassis/bus/change-log';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { ShowsContext } from '../context.js';
import { ForWriters, mayWrite } from '../shows/access-rules.js';
import { invalidateShows } from '../shows/show-cache.js';
import type { ShowStore } from '../store.js';
import { showStream } from '../topics.js';
import { ImportShowsInput, ImportShowsPayload } from './import-inputs.js';
import type { ImportResult } from './import-model.js';
import { validateImport, type ValidatedItem } from './import-rules.js';

@Resolver()
export class ImportResolver {
  @ForWriters
  @Mutation(() => ImportShowsPayload, {
    description:
      'Adds up to 1000 shows and reports the outcome of each. Idempotent: existing shows are never changed. For admins ' +
      'and machine clients with the scope `shows.write`. Errors: UNAUTHENTICATED for a guest, FORBIDDEN for other ' +
      'callers, BAD_USER_INPUT if the payload is empty or has more than 1000 items. Invalid items are no error but ' +
      '`ShowInvalid` results.',
  })
  async importShows(
    @Ctx() { caller, store, bus, cache }: ShowsContext,
    @Arg('input', () => ImportShowsInput, { description: 'The shows to import.' }) { payload }: ImportShowsInput,
  ): Promise<ImportShowsPayload> {
    const addedById = mayWrite(caller);
    const results = await addValidItems(store, validateImport(payload, addedById));
    const created = results.flatMap((result) => (result.kind === 'ShowCreated' ? [result.show.slug] : []));
    await invalidateShows(cache, created);
    if (created.length > 0) publishChange(bus, showStream);
    return { results };
  }
}

/** Adds the valid items and returns the outcome of every item, in order. */
async function addValidItems(store: ShowStore, items: readonly ValidatedItem[]): Promise<ImportResult[]> {
  const shows = items.flatMap((item) => (item.outcome === 'valid' ? [item.show] : []));
  const added = (await store.addShows(shows)).values();
  return items.map((item, index): ImportResult => {
    if (item.outcome === 'invalid') return { kind: 'ShowInvalid', index, fields: item.fields };
    if (item.outcome === 'duplicate') return { kind: 'ShowConflict', slug: item.slug };
    const show = added.next().value;
    return show ? { kind: 'ShowCreated', show } : { kind: 'ShowConflict', slug: item.show.slug };
  });
}
