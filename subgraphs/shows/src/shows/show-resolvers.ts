import { PageArgs, pageSize } from '@marquee/chassis/paging/relay-connection';
import { decodeCursor } from '@marquee/chassis/paging/keyset-cursor';
import { Arg, Args, Ctx, Directive, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { ShowsContext } from '../context.js';
import { ShowFilter } from './show-inputs.js';
import { Show, ShowConnection, User } from './show-model.js';
import { ForReaders, mayRead } from './access-rules.js';
import { parseFilter } from '../list/filter-rules.js';
import { planList } from '../list/list-plan.js';
import type { ShowRow } from './show-row.js';

@Resolver(() => Show)
export class ShowResolver {
  @ForReaders
  @Query(() => ShowConnection, {
    description:
      'Shows by slug; with `drm: true`, or when only numbers of episodes narrow the list, by episodeCount and then slug. ' +
      'A page may hold fewer shows than asked for and still have a next one.',
  })
  shows(
    @Ctx() { caller, store }: ShowsContext,
    @Arg('filter', () => ShowFilter, { nullable: true }) filter: ShowFilter | null | undefined,
    @Args(() => PageArgs) { first, after }: PageArgs,
  ): Promise<ShowConnection> {
    mayRead(caller);
    const plan = planList(parseFilter(filter));
    const from = after ? decodeCursor(after, plan.order.shape) : undefined;
    return store.page(plan, { size: pageSize(first), after: from });
  }

  @ForReaders
  @Query(() => Show, { nullable: true, description: 'Null when there is no such show.' })
  show(@Ctx() { caller, loaders }: ShowsContext, @Arg('slug', () => ID) slug: string): Promise<ShowRow | null> {
    mayRead(caller);
    return loaders.show.load(slug);
  }

  @Directive('@broadcast')
  @FieldResolver(() => User, { nullable: true, description: 'Who added the show; null when a machine client did.' })
  addedBy(@Root() { addedById }: ShowRow): User | null {
    return addedById === undefined ? null : { id: addedById };
  }
}

/** Loads a show that another service refers to. */
export function showReference({ slug }: { slug: string }, { caller, loaders }: ShowsContext): Promise<unknown> {
  mayRead(caller);
  return loaders.show.load(slug);
}
