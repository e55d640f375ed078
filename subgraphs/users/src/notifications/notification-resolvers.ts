import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser } from '@marquee/chassis/identity/caller';
import { PageArgs, type Connection } from '@marquee/chassis/paging/relay-connection';
import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import { resetLoaders, type UsersContext } from '../context.js';
import { parseIdPage, toIdConnection } from '../paging/id-connection.js';
import { loadUser } from '../people/user-access.js';
import { User } from '../people/user-model.js';
import { MarkNotificationsReadInput, MarkNotificationsReadPayload } from './notification-inputs.js';
import { Notification, NotificationConnection } from './notification-model.js';
import { parseMarkRead } from './notification-rules.js';

@Resolver(() => Notification)
export class NotificationResolver {
  @Authorize('user')
  @Query(() => NotificationConnection, {
    description: "The caller's notifications, the newest first. For signed-in users only.",
  })
  async notifications(
    @Arg('unreadOnly', () => Boolean, {
      nullable: true,
      defaultValue: false,
      description: 'Whether to omit notifications that were marked as read.',
    })
    unreadOnly: boolean | null,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { caller, store }: UsersContext,
  ): Promise<Connection<Notification>> {
    const user = requireUser(caller);
    const page = parseIdPage(args);
    return toIdConnection(await store.notifications.newestFor(user.id, unreadOnly === true, page), page);
  }

  @Authorize('user')
  @Mutation(() => MarkNotificationsReadPayload, {
    description:
      "Marks the caller's notifications as read. Idempotent. Errors: UNAUTHENTICATED for a guest, FORBIDDEN for a machine " +
      'client, BAD_USER_INPUT for invalid ids and for `ids` together with `upTo`.',
  })
  async markNotificationsRead(
    @Arg('input', () => MarkNotificationsReadInput, { description: 'The notifications to mark.' })
    input: MarkNotificationsReadInput,
    @Ctx() context: UsersContext,
  ): Promise<MarkNotificationsReadPayload> {
    const user = requireUser(context.caller);
    const counts = await context.store.notifications.markRead(user.id, parseMarkRead(input));
    resetLoaders(context);
    return counts;
  }

  @FieldResolver(() => User, { description: 'The user who replied or liked.' })
  async actor(@Root() { actorId }: Notification, @Ctx() context: UsersContext): Promise<User> {
    return loadUser(context, actorId);
  }
}
