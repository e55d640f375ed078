import { CacheControl, CacheTag } from '@marquee/chassis/graphql/cache-hints';
import { ForwardPageArgs, pageSize } from '@marquee/chassis/paging/relay-connection';
import { decodeCursor } from '@marquee/chassis/paging/keyset-cursor';
import { Arg, Args, Ctx, Query, Resolver } from 'type-graphql';
import type { ShowsContext } from '../context.js';
import { ForReaders, mayRead } from '../shows/access-rules.js';
import { cacheSeconds, listTag } from '../shows/show-cache.js';
import { ShowConnection } from '../shows/show-model.js';
import { parseFilter } from './filter-rules.js';
import { ShowFilter } from './list-inputs.js';
import { planList } from './list-plan.js';

@Resolver()
export class ShowListResolver {
  @CacheControl({ maxAge: cacheSeconds })
  @CacheTag(listTag)
  @ForReaders
  @Query(() => ShowConnection, {
    description:
      'Shows ordered by slug; with `drm: true`, or when only the number of episodes is limited, ordered by ' +
      '`episodeCount` and then `slug`. A page may contain fewer shows than requested although a next page exists: rely ' +
      'on `hasNextPage`. Public; FORBIDDEN for a machine client without the scope `shows.read`.',
  })
  shows(
    @Ctx() { caller, store }: ShowsContext,
    @Arg('filter', () => ShowFilter, { nullable: true, description: 'Only shows that match. All shows if omitted.' })
    filter: ShowFilter | null | undefined,
    @Args(() => ForwardPageArgs) { first, after }: ForwardPageArgs,
  ): Promise<ShowConnection> {
    mayRead(caller);
    const plan = planList(parseFilter(filter));
    const keyset = after ? decodeCursor(after, plan.order.cursor) : undefined;
    return store.list(plan, { size: pageSize(first), after: keyset });
  }
}
