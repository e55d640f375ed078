import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser } from '@marquee/chassis/identity/caller';
import { PageArgs, type Connection } from '@marquee/chassis/paging/relay-connection';
import { Arg, Args, Ctx, FieldResolver, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { Activity } from '../activities/activity-model.js';
import { resetLoaders, type UsersContext } from '../context.js';
import { parseIdPage, toIdConnection } from '../paging/id-connection.js';
import { loadUser } from '../people/user-access.js';
import { User } from '../people/user-model.js';
import { publishInbox } from '../topics.js';
import { MarkNotificationsReadInput, MarkNotificationsReadPayload } from './notification-inputs.js';
import { Notification, NotificationConnection } from './notification-model.js';
import { parseMarkRead } from './notification-rules.js';
import { NotificationSubject, subjectStub } from './notification-subject.js';
import { notificationText } from './notification-text.js';

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
    if (counts.markedCount > 0) publishInbox(context.bus, user.id);
    return counts;
  }

  @Authorize('user')
  @Query(() => Int, { description: "The number of the caller's unread notifications. For signed-in users only." })
  async unreadNotificationCount(@Ctx() { caller, store }: UsersContext): Promise<number> {
    return store.notifications.unreadCount(requireUser(caller).id);
  }

  @FieldResolver(() => User, {
    nullable: true,
    description:
      'The user who caused it; of several, the latest. Null if none did, if the service acted by itself, and after the ' +
      'user has deleted the account.',
  })
  async actor(@Root() { actorId }: Notification, @Ctx() context: UsersContext): Promise<User | null> {
    return actorId === null ? null : loadUser(context, actorId);
  }

  @FieldResolver(() => NotificationSubject, {
    nullable: true,
    description:
      'The entity that the notification is about. Null if it is gone, or if the caller may no longer see it.',
  })
  subject(@Root() { activity, subjectType, subjectId }: Notification): NotificationSubject | null {
    if (activity) return activity;
    return subjectType === null || subjectId === null ? null : subjectStub(subjectType, subjectId);
  }

  @FieldResolver(() => Activity, {
    nullable: true,
    description: 'The activity that the notification is about. Null if it is about another entity, or about none.',
    deprecationReason: 'Use subject, which has every entity that a notification is about. Removed after 2027-05-31.',
  })
  activity(@Root() { activity }: Notification): Activity | null {
    return activity;
  }

  @FieldResolver(() => String, {
    description:
      'The notification as one English sentence without texts of users, such as "@ada replied to your post."',
  })
  async text(@Root() notification: Notification, @Ctx() { loaders }: UsersContext): Promise<string> {
    const actor = notification.actorId === null ? null : await loaders.account.load(notification.actorId);
    return notificationText({ ...notification, handle: actor?.isActive ? actor.handle : null });
  }
}
