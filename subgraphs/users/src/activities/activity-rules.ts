import { forbidden } from '@marquee/chassis/errors/errors';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { multilineText, text, validateInput } from '@marquee/chassis/input/text';
import { z } from 'zod';
import type { Activity } from './activity-model.js';

const activityMessage = z.object({ message: multilineText(1, 280) });
const replyMessage = z.object({ message: multilineText(1, 1024) });
const searchQuery = text(1, 200);

/** @throws BAD_USER_INPUT unless the message has 1 to 280 characters */
export function parseMessage(input: { message: string }): string {
  return validateInput(activityMessage, input).message;
}

/** @throws BAD_USER_INPUT unless the message has 1 to 1024 characters */
export function parseReply(input: { message: string }): string {
  return validateInput(replyMessage, input).message;
}

/** @throws BAD_USER_INPUT unless the query has 1 to 200 characters */
export function parseSearchQuery(value: string): string {
  return validateInput(searchQuery, value, 'query');
}

/** Activities are public, so that another user's activity is FORBIDDEN rather than NOT_FOUND. @throws FORBIDDEN */
export function mayDelete(caller: UserCaller, activity: Pick<Activity, 'authorId'>): void {
  if (activity.authorId === caller.id || caller.role === 'ADMIN') return;
  throw forbidden('Only its author or an admin can delete an activity.');
}
