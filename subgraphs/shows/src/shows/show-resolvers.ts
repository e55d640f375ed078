import { CacheTag } from '@marquee/chassis/graphql/cache-hints';
import { Arg, Ctx, Directive, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { ShowsContext } from '../context.js';
import { User } from '../entity-stubs.js';
import { ForReaders, mayRead } from './access-rules.js';
import { showTagFormat } from './show-cache.js';
import { Show } from './show-model.js';
import type { ShowRow } from './show-row.js';

@Resolver(() => Show)
export class ShowResolver {
  @CacheTag(showTagFormat('$args.slug'))
  @ForReaders
  @Query(() => Show, {
    nullable: true,
    description:
      'A show. Null if no show has this slug. Public; FORBIDDEN for a machine client without the scope `shows.read`.',
  })
  show(
    @Ctx() { caller, loaders }: ShowsContext,
    @Arg('slug', () => ID, { description: 'The slug of the show, for example `show/16kidsandcounting`.' }) slug: string,
  ): Promise<ShowRow | null> {
    mayRead(caller);
    return loaders.show.load(slug);
  }

  @Directive('@broadcast')
  @Directive('@shareable')
  @FieldResolver(() => ID, { description: 'Opaque, stable identifier for caches and for `Query.node`.' })
  id(@Root() { slug }: Show): string {
    return slug;
  }

  @Directive('@broadcast')
  @FieldResolver(() => User, {
    nullable: true,
    description: 'The user who added the show. Null if a machine client added it.',
  })
  addedBy(@Root() { addedById }: ShowRow): User | null {
    return addedById === undefined ? null : { id: addedById };
  }
}
