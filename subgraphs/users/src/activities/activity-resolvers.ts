import { PageArgs, pageSize, type Connection } from '@marquee/chassis/paging/relay-connection';
import { Arg, Args, Ctx, Directive, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import type { UsersContext } from '../context.js';
import { parseIdPage, toIdConnection } from '../paging/id-connection.js';
import { loadUser } from '../people/user-access.js';
import { User } from '../people/user-model.js';
import { Activity, ActivityConnection } from './activity-model.js';
import { parseSearchQuery } from './activity-rules.js';

@Resolver(() => Activity)
export class ActivityResolver {
  @Query(() => ActivityConnection, { description: 'The activities of all users without replies, the newest first.' })
  async feed(@Args(() => PageArgs) args: PageArgs, @Ctx() { store }: UsersContext): Promise<Connection<Activity>> {
    const page = parseIdPage(args);
    return toIdConnection(await store.activities.feed(page), page);
  }

  @Query(() => [Activity], {
    description:
      'The activities of the last 7 days with the most likes and replies, counted as in `likeCount` and `replyCount`; without ' +
      'replies. The order is up to 2 seconds old.',
  })
  async trending(
    @Arg('first', () => Int, {
      nullable: true,
      defaultValue: 5,
      description: 'The number of activities, 1 to 100.',
    })
    first: number | null,
    @Ctx() { store }: UsersContext,
  ): Promise<Activity[]> {
    return store.activities.trending(pageSize(first ?? 5));
  }

  @Query(() => Activity, {
    nullable: true,
    description: 'An activity or reply. Null if it does not exist, was deleted or has expired.',
  })
  async activity(
    @Arg('id', () => ID, { description: 'The id of the activity.' }) id: string,
    @Ctx() { loaders }: UsersContext,
  ): Promise<Activity | null> {
    return loaders.activity.load(id);
  }

  @Query(() => ActivityConnection, {
    description: 'The activities and replies that match a full-text query, the newest first.',
  })
  async searchActivities(
    @Arg('query', () => String, {
      description:
        'English words in any inflection, 1 to 200 characters. Supports "quoted phrases", `or`, and `-` for words to ' +
        'exclude. Phrases, and searches that only exclude words, cover the newest 10,000 activities.',
    })
    query: string,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { store }: UsersContext,
  ): Promise<Connection<Activity>> {
    const page = parseIdPage(args);
    return toIdConnection(await store.activities.search(parseSearchQuery(query), page), page);
  }

  @Directive('@broadcast')
  @FieldResolver(() => User, { description: 'The user who posted it; a deleted user if the account no longer exists.' })
  async author(@Root() { authorId }: Activity, @Ctx() context: UsersContext): Promise<User> {
    return loadUser(context, authorId);
  }

  @Directive('@broadcast')
  @FieldResolver(() => Activity, {
    nullable: true,
    description: 'The activity that this one replies to. Null if it is not a reply, or if that activity is gone.',
  })
  async replyTo(@Root() { replyToId }: Activity, @Ctx() { loaders }: UsersContext): Promise<Activity | null> {
    return replyToId === null ? null : loaders.activity.load(replyToId);
  }

  @FieldResolver(() => ActivityConnection, { description: 'The direct replies, the newest first.' })
  async replies(
    @Root() activity: Activity,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { loaders }: UsersContext,
  ): Promise<Connection<Activity>> {
    const page = parseIdPage(args);
    return toIdConnection(await loaders.repliesTo.load({ parent: activity.id, page }), page);
  }

  @FieldResolver(() => Boolean, {
    description: 'Whether the caller likes the activity. False for a guest or a machine client.',
  })
  async likedByMe(@Root() { id }: Activity, @Ctx() { loaders }: UsersContext): Promise<boolean> {
    return (await loaders.likedByMe.load(id)) !== null;
  }
}
