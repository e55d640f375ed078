import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser } from '@marquee/chassis/identity/caller';
import { Arg, Directive, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { UsersContext } from '../context.js';
import { Notification } from './notification-model.js';
import { parseCursor } from './notification-rules.js';
import { streamNotifications } from './notification-stream.js';

@Resolver()
export class NotificationSubscriptionResolver {
  @Directive('@resumable(argument: "after", cursor: "id")')
  @Authorize('user')
  @Subscription(() => Notification, {
    description:
      "The caller's notifications: first the stored ones after `after`, then each new one, in order and each once. Those " +
      'about deleted and expired activities are omitted; every other one is kept, so that resuming misses nothing. Errors: ' +
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
}

function subscribe({ after }: { after?: string | null }, { caller, ...deps }: UsersContext) {
  return streamNotifications(requireUser(caller).id, parseCursor(after), deps);
}
