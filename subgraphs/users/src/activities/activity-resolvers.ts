import { notFound } from '@marquee/chassis/errors/errors';
import { PageArgs, pageSize, type Connection } from '@marquee/chassis/paging/relay-connection';
import { Arg, Args, Ctx, Directive, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import type { UsersContext } from '../context.js';
import { Activity, ActivityConnection } from './activity-model.js';
import { User } from '../people/user-model.js';
import { parseSearchQuery } from './activity-rules.js';
import { idConnection, idPage } from '../paging/id-connection.js';

@Resolver(() => Activity)
export class ActivityResolver {
  @Query(() => ActivityConnection, { description: 'What everybody posted, without replies, the newest first.' })
  async feed(@Args(() => PageArgs) args: PageArgs, @Ctx() { store }: UsersContext): Promise<Connection<Activity>> {
    const page = idPage(args);
    return idConnection(await store.activities.feed(page), page);
  }

  @Query(() => [Activity], { description: 'The most liked and replied to of the last 7 days, without replies.' })
  async trending(
    @Arg('first', () => Int, { nullable: true, defaultValue: 5 }) first: number | null,
    @Ctx() { store }: UsersContext,
  ): Promise<Activity[]> {
    return store.activities.trending(pageSize(first ?? 5));
  }

  @Query(() => Activity, { nullable: true })
  async activity(@Arg('id', () => ID) id: string, @Ctx() { loaders }: UsersContext): Promise<Activity | null> {
    return loaders.activity.load(id);
  }

  @Query(() => ActivityConnection, {
    description: 'Activities by their words, the newest first: "quoted phrases", or, and -without are understood.',
  })
  async searchActivities(
    @Arg('query', () => String) query: string,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { store }: UsersContext,
  ): Promise<Connection<Activity>> {
    const page = idPage(args);
    return idConnection(await store.activities.search(parseSearchQuery(query), page), page);
  }

  @Directive('@broadcast')
  @FieldResolver(() => User)
  async author(@Root() { authorId }: Activity, @Ctx() { loaders }: UsersContext): Promise<User> {
    const author = await loaders.user.load(authorId);
    if (author === null) throw notFound('user', authorId);
    return author;
  }

  @Directive('@broadcast')
  @FieldResolver(() => Activity, { nullable: true, description: 'What this answers; null when that is gone.' })
  async replyTo(@Root() { replyToId }: Activity, @Ctx() { loaders }: UsersContext): Promise<Activity | null> {
    return replyToId === null ? null : loaders.activity.load(replyToId);
  }

  @FieldResolver(() => ActivityConnection, { description: 'The newest first.' })
  async replies(
    @Root() activity: Activity,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { loaders }: UsersContext,
  ): Promise<Connection<Activity>> {
    const page = idPage(args);
    return idConnection(await loaders.repliesTo.load({ parent: activity.id, page }), page);
  }

  @FieldResolver(() => Boolean)
  async likedByMe(@Root() { id }: Activity, @Ctx() { loaders }: UsersContext): Promise<boolean> {
    return (await loaders.likedByMe.load(id)) !== null;
  }
}
