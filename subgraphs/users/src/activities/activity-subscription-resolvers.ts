import type { Bus } from '@marquee/chassis/bus/bus';
import { cancellable } from '@marquee/chassis/bus/cancellable';
import { type StoreTailSource, tailStore } from '@marquee/chassis/bus/tail-store';
import { badInput } from '@marquee/chassis/errors/errors';
import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser } from '@marquee/chassis/identity/caller';
import { Arg, Directive, ID, Resolver, Root, Subscription } from 'type-graphql';
import { validate } from 'uuid';
import type { UsersContext } from '../context.js';
import { Activity } from './activity-model.js';
import { Notification } from '../notifications/notification-model.js';
import type { ActivityChange } from './activity-writing-store.js';
import type { Store } from '../store.js';

const activityTopic = 'activity added';

/** Stored activities or notifications that are read at once. */
const batch = 100;

@Resolver()
export class LiveResolver {
  @Directive('@broadcast')
  @Subscription(() => Activity, {
    description: 'What everybody posts from now on, without replies.',
    subscribe: ({ context }) => addedActivities(context as UsersContext),
  })
  activityAdded(@Root() activity: Activity): Activity {
    return activity;
  }

  @Directive('@resumable(argument: "after", cursor: "id")')
  @Authorize('user')
  @Subscription(() => Notification, {
    description: "The caller's own: with `after` those since that notification first, then each as it comes.",
    subscribe: ({ args, context }) => addedNotifications(args as { after?: string | null }, context as UsersContext),
  })
  notificationAdded(
    @Root() notification: Notification,
    @Arg('after', () => ID, { nullable: true }) _: string | null | undefined,
  ): Notification {
    return notification;
  }
}

/** Tells those who listen that something was posted. */
export function publishActivity(bus: Bus, id: string): void {
  bus.publish(activityTopic, { id });
}

/** Tells whom a notification is for that there is one. */
export function publishNotification(bus: Bus, noted: ActivityChange | null): void {
  if (noted?.notificationId && noted.userId) bus.publish(notificationTopic(noted.userId), { id: noted.notificationId });
}

function notificationTopic(userId: string): string {
  return `notification of ${userId}`;
}

function addedActivities({ store: { activities }, tail }: UsersContext): AsyncIterableIterator<Activity> {
  const looks: StoreTailSource<Activity> = {
    readNotified: ({ id }) => activities.byIds([String(id)]),
    readSince: async (time) => newerThan(time, await activities.feed({ after: null, limit: batch })),
    keyOf: ({ id }) => id,
  };
  return cancellable((signal) => tailStore(activityTopic, looks, tail, signal));
}

function addedNotifications(
  { after }: { after?: string | null },
  { caller, store, tail }: UsersContext,
): AsyncIterableIterator<Notification> {
  const { id } = requireUser(caller);
  if (after && !validate(after))
    throw badInput({ path: 'after', message: `"${after}" is not the id of a notification` });
  return cancellable((signal) => {
    const live = tailStore(notificationTopic(id), looksOf(id, store), tail, signal);
    return notificationsOf(id, after, live, store);
  });
}

function looksOf(userId: string, { notifications }: Store): StoreTailSource<Notification> {
  return {
    readNotified: ({ id }) => notifications.nextFor(userId, { id: String(id), limit: 1 }),
    readSince: async (time) =>
      newerThan(time, await notifications.newestFor(userId, false, { after: null, limit: batch })),
    keyOf: ({ id }) => id,
  };
}

/** The live ones are collected while the stored ones are read, so one may be among both; it is delivered once. */
async function* notificationsOf(
  userId: string,
  after: string | null | undefined,
  live: AsyncIterable<Notification>,
  { notifications }: Store,
): AsyncGenerator<Notification> {
  const delivered = new Set<string>();
  for (let last = after; last;) {
    const stored = await notifications.nextFor(userId, { after: last, limit: batch });
    for (const notification of stored) delivered.add(notification.id);
    yield* stored;
    last = stored.length === batch ? stored.at(-1)?.id : undefined;
  }
  for await (const notification of live) if (!delivered.delete(notification.id)) yield notification;
}

/** Of a page that begins with the newest: those of a time or later, the oldest first. */
function newerThan<Item extends { createdAt: Date }>(time: Date, newestFirst: readonly Item[]): Item[] {
  return newestFirst.filter(({ createdAt }) => createdAt >= time).toReversed();
}
