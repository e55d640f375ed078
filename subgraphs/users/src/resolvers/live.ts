import type { Bus, BusMessage } from '@marquee/chassis/bus/bus';
import { leavable } from '@marquee/chassis/bus/leavable';
import { badInput } from '@marquee/chassis/errors/errors';
import { requireUser } from '@marquee/chassis/identity/caller';
import { Arg, Directive, ID, Resolver, Root, Subscription } from 'type-graphql';
import { validate } from 'uuid';
import type { UsersContext } from '../context.js';
import { Activity } from '../model/activity.js';
import { Notification } from '../model/notification.js';
import type { Noted } from '../store/posting.js';
import type { Store } from '../store/store.js';

const activityTopic = 'activity added';

/** Stored notifications that are read at once. */
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
export function tellActivity(bus: Bus, id: string): void {
  bus.publish(activityTopic, { id });
}

/** Tells whom a notification is for that there is one. */
export function tellNotification(bus: Bus, noted: Noted | null): void {
  if (noted?.notificationId && noted.userId) bus.publish(notificationTopic(noted.userId), { id: noted.notificationId });
}

function notificationTopic(userId: string): string {
  return `notification of ${userId}`;
}

function addedActivities({ bus, store }: UsersContext): AsyncIterableIterator<Activity> {
  return leavable((signal) => activitiesOf(bus.subscribe(activityTopic, signal), store));
}

async function* activitiesOf(hints: AsyncIterable<BusMessage>, store: Store): AsyncGenerator<Activity> {
  for await (const { id } of hints) yield* await store.activities.byIds([String(id)]);
}

function addedNotifications(
  { after }: { after?: string | null },
  { caller, bus, store }: UsersContext,
): AsyncIterableIterator<Notification> {
  const { id } = requireUser(caller);
  if (after && !validate(after))
    throw badInput({ path: 'after', message: `"${after}" is not the id of a notification` });
  return leavable((signal) => notificationsOf(id, after, bus.subscribe(notificationTopic(id), signal), store));
}

/** Hints are collected while the stored ones are read, so one may be told of twice; it is delivered once. */
async function* notificationsOf(
  userId: string,
  after: string | null | undefined,
  hints: AsyncIterable<BusMessage>,
  { notifications }: Store,
): AsyncGenerator<Notification> {
  const delivered = new Set<string>();
  for (let last = after; last;) {
    const stored = await notifications.nextFor(userId, { after: last, limit: batch });
    for (const notification of stored) delivered.add(notification.id);
    yield* stored;
    last = stored.length === batch ? stored.at(-1)?.id : undefined;
  }
  for await (const { id } of hints)
    if (!delivered.delete(String(id))) yield* await notifications.nextFor(userId, { id: String(id), limit: 1 });
}
