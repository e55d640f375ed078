import type { Bus } from '@marquee/chassis/bus/bus';
import { publishChange } from '@marquee/chassis/bus/change-log';
import { principalTopic } from '@marquee/chassis/identity/principal-topic';

/** The stream of the activities that are not replies, in the change log. Subjects: their ids. */
export const activityStream = 'activities';

/** The topic of changes of activities after they were posted. */
export const activityChanges = 'activity changes';

/** Notifies of changes of activities, except unknown ones. */
export function publishActivityChanges(bus: Bus, ...ids: readonly (string | null)[]): void {
  for (const id of ids) if (id !== null) bus.publish(activityChanges, { id });
}

/** The stream of the notifications of a user, in the change log. Subjects: their ids. */
export function notificationStream(userId: string): string {
  return `notifications of ${userId}`;
}

/** Announces to the gateways that the role or the activation of a user has changed. */
export function publishPrincipal(bus: Bus, sub: string): void {
  bus.publish(principalTopic, { sub });
}

/** The notification that a write created; both null if it created none. */
export interface CreatedNotification {
  notificationId: string | null;
  /** The user who receives it. */
  userId: string | null;
}

/** Publishes the notification of a write, if there is one. */
export function publishNotification(bus: Bus, created: CreatedNotification | null): void {
  if (created?.notificationId && created.userId) publishChange(bus, notificationStream(created.userId));
}
