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

/**
 * The stream of the notifications of a user, in the change log. Subjects: their ids, or an empty text where only the number
 * of unread notifications has changed.
 */
export function notificationStream(userId: string): string {
  return `notifications of ${userId}`;
}

/** Announces to the gateways that the role or the activation of a user has changed. */
export function publishPrincipal(bus: Bus, sub: string): void {
  bus.publish(principalTopic, { sub });
}

/** A notification that a write created. */
export interface CreatedNotification {
  notificationId: string;
  /** The user who receives it. */
  userId: string;
}

/** Announces the notifications of a write to the subscribers of their recipients. */
export function publishNotifications(bus: Bus, created: readonly CreatedNotification[]): void {
  for (const userId of new Set(created.map((notification) => notification.userId))) publishInbox(bus, userId);
}

/** Announces that the notifications of a user, or the number of the unread ones, have changed. */
export function publishInbox(bus: Bus, userId: string): void {
  publishChange(bus, notificationStream(userId));
}
