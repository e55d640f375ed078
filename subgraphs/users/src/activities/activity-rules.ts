import { forbidden } from '@marquee/chassis/errors/errors';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { validateInput, text } from '@marquee/chassis/input/text';
import { z } from 'zod';
import type { Activity } from './activity-model.js';
import type { ActivityLifetime } from './activity-inputs.js';

/** Hours that an activity stays. */
export const lifetimeHours: Readonly<Record<ActivityLifetime, number>> = {
  ONE_HOUR: 1,
  THREE_HOURS: 3,
  TWELVE_HOURS: 12,
  ONE_DAY: 24,
  THREE_DAYS: 72,
  SEVEN_DAYS: 168,
  THIRTY_DAYS: 720,
};

const activityMessage = z.object({ message: text(1, 280) });
const replyMessage = z.object({ message: text(1, 1024) });
const query = text(1, 200);

/** @throws BAD_USER_INPUT unless it has 1 to 280 characters */
export function parseMessage(input: { message: string }): string {
  return validateInput(activityMessage, input).message;
}

/** @throws BAD_USER_INPUT unless it has 1 to 1024 characters */
export function parseReply(input: { message: string }): string {
  return validateInput(replyMessage, input).message;
}

/** @throws BAD_USER_INPUT unless it has 1 to 200 characters */
export function parseSearchQuery(value: string): string {
  return validateInput(query, value, 'query');
}

/** Activities are public, so that one of somebody else is FORBIDDEN, not NOT_FOUND. */
export function mayDelete(caller: UserCaller, activity: Activity): void {
  if (activity.authorId === caller.id || caller.role === 'ADMIN') return;
  throw forbidden('Only its author or an admin can delete an activity.');
}
