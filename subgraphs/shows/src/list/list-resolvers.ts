import { notYetAvailable } from '@marquee/chassis/errors/errors';
import { CacheControl, CacheTag } from '@marquee/chassis/graphql/cache-hints';
import { parsePage } from '@marquee/chassis/paging/relay-connection';
import { Args, Ctx, Query, Resolver } from 'type-graphql';
import { z } from 'zod';
import type { ShowsContext } from '../context.js';
import { ForReaders, mayRead } from '../shows/access-rules.js';
import { cacheSeconds, listTag } from '../shows/show-cache.js';
import { ShowConnection } from '../shows/show-model.js';
import { parseFilter } from './filter-rules.js';
import { decodePosition } from './list-cursor.js';
import { ShowsArgs } from './list-inputs.js';
import { type ListPlan, planList } from './list-plan.js';
import { byTitleThenSlug } from './list-order.js';
import type { ShowStore } from '../store.js';
import type { ShowListConnection } from './show-facets.js';

@Resolver()
export class ShowListResolver {
  @CacheControl({ maxAge: cacheSeconds })
  @CacheTag(listTag)
  @ForReaders
  @Query(() => ShowConnection, {
    description:
      'Shows ordered by slug; with `drm: true`, or when only the number of episodes is limited, ordered by ' +
      '`episodeCount` and then `slug`; or in the order of `sort`. A page may contain fewer shows than requested although ' +
      'a next page exists: rely on `hasNextPage`, or backward on `hasPreviousPage`. Public; FORBIDDEN for a machine client ' +
      'without the scope `shows.read`.',
  })
  async shows(
    @Ctx() { caller, store }: ShowsContext,
    @Args(() => ShowsArgs) args: ShowsArgs,
  ): Promise<ShowListConnection> {
    mayRead(caller);
    const filter = parseFilter(args.filter);
    const plan = planList(filter, args.sort);
    const { limit, isBackward } = parsePage({ first: args.first ?? null, last: args.last ?? null }, z.never());
    const after = decodePosition(plan, args.after, 'after');
    const before = decodePosition(plan, args.before, 'before');
    await requireOrder(store, plan);
    const connection = await store.list(plan, { size: limit - 1, after, before, isBackward });
    return { ...connection, countFacets: () => store.countFacets(filter) };
  }
}

/** Seconds after which a client may ask again for an order by title: the backfill takes minutes. */
const retryAfterSeconds = 60;

/** @throws UPSTREAM_UNAVAILABLE for an order by title that still lacks shows of an earlier build */
async function requireOrder(store: ShowStore, { order }: ListPlan): Promise<void> {
  if (order === byTitleThenSlug && !(await store.isTitleOrderComplete()))
    throw notYetAvailable('Shows cannot be listed by title yet: their titles are being indexed.', retryAfterSeconds);
}
