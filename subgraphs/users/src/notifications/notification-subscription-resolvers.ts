import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser } from '@marquee/chassis/identity/caller';
import { Arg, Directive, ID, Int, Resolver, Root, Subscription } from 'type-graphql';
import type { UsersContext } from '../context.js';
import { Notification } from './notification-model.js';
import { parseCursor } from './notification-rules.js';
import { streamNotifications, streamUnreadCounts, type UnreadCount } from './notification-stream.js';

@Resolver()
export class NotificationSubscriptionResolver {
  @Directive('@resumable(argument: "after", cursor: "id")')
  @Authorize('user')
  @Subscription(() => Notification, {
    description:
      "The caller's notifications: first the stored ones after `after`, then each new one, in order and each once. Those " +
      'about deleted and expired activities are omitted; every other one is kept for 31 days, so that resuming misses ' +
      'nothing. Likes that are added to an unread notification are no event. Errors: ' +
      'UNAUTHENTICATED for a guest, FORBIDDEN for a machine client, BAD_USER_INPUT for an invalid id, and with the last ' +
      'position in `extensions.cursor` for an id after the last notification.',
    subscribe: ({ args, context }) => subscribe(args as { after?: string | null }, context as UsersContext),
  })
  notificationAdded(
    @Root() notification: Notification,
    @Arg('after', () => ID, {
      nullable: true,
      description:
        'The id of the last notification that the client has, or a position in `extensions.cursor` of an error. Without ' +
        'it, the stream starts with the next new notification.',
    })
    _: string | null | undefined,
  ): Notification {
    return notification;
  }

  @Authorize('user')
  @Subscription(() => Int, {
    description:
      "The number of the caller's unread notifications: the current one at once, then each new one. A notification that " +
      'disappears with its activity is subtracted at the next change. Errors: UNAUTHENTICATED for a guest, FORBIDDEN for a ' +
      'machine client.',
    subscribe: ({ context }) => countUnread(context as UsersContext),
  })
  unreadNotificationCountChanged(@Root() { count }: UnreadCount): number {
    return count;
  }
}

function countUnread({ caller, ...deps }: UsersContext) {
  return streamUnreadCounts(requireUser(caller).id, deps);
}

function subscribe({ after }: { after?: string | null }, { caller, ...deps }: UsersContext) {
  return streamNotifications(requireUser(caller).id, parseCursor(after), deps);
}
