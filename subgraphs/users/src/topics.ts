import type { Bus } from '@marquee/chassis/bus/bus';
import { principalTopic } from '@marquee/chassis/identity/principal-topic';

/** An activity that is not a reply was posted. Messages: `{ id }`. */
export const activityTopic = 'activity added';

/** A user received a notification. Messages: `{ id }`. */
export function notificationTopic(userId: string): string {
  return `notification of ${userId}`;
}

export function publishActivity(bus: Bus, id: string): void {
  bus.publish(activityTopic, { id });
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
  if (created?.notificationId && created.userId)
    bus.publish(notificationTopic(created.userId), { id: created.notificationId });
}
