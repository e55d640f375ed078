import { badInput } from '@marquee/chassis/errors/errors';
import { validateInput } from '@marquee/chassis/input/text';
import { validate } from 'uuid';
import { z } from 'zod';

const notificationId = z.string().refine(validate, 'must be a notification id');

const selection = z
  .object({
    ids: z.array(notificationId).max(100, 'must be at most 100').nullish(),
    upTo: notificationId.nullish(),
  })
  .refine(({ ids, upTo }) => !ids || !upTo, { path: ['upTo'], message: 'cannot be combined with ids' })
  .transform(({ ids, upTo }) => ({ ids: ids ?? null, upTo: upTo ?? null }));

/** The notifications to mark as read; all of them if both are null. */
export type MarkReadSelection = z.output<typeof selection>;

/** @throws BAD_USER_INPUT with every problem */
export function parseMarkRead(input: object): MarkReadSelection {
  return validateInput(selection, input);
}

/** Where a stream of notifications starts: after an id, after a position of the stream, or with the next one. */
export type NotificationCursor = string | number | null;

/** @throws BAD_USER_INPUT for an invalid id */
export function parseCursor(after: string | null | undefined): NotificationCursor {
  if (!after) return null;
  if (/^\d{1,9}$/.test(after)) return Number(after);
  if (validate(after)) return after.toLowerCase();
  throw badInput({ path: 'after', message: `"${after}" is not a notification id` });
}
