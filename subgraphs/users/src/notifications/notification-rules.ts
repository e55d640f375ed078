import { validateInput } from '@marquee/chassis/input/text';
import { validate } from 'uuid';
import { z } from 'zod';

const notificationId = z.string().refine(validate, 'must be the id of a notification');

const marking = z
  .object({
    ids: z.array(notificationId).max(100, 'must be at most 100').nullish(),
    upTo: notificationId.nullish(),
  })
  .refine(({ ids, upTo }) => !ids || !upTo, { path: ['upTo'], message: 'cannot go together with ids' })
  .transform(({ ids, upTo }) => ({ ids: ids ?? null, upTo: upTo ?? null }));

/** Which notifications to mark as read; all of them when both are null. */
export type MarkReadSelection = z.output<typeof marking>;

/** @throws BAD_USER_INPUT with every problem */
export function parseMarkRead(input: object): MarkReadSelection {
  return validateInput(marking, input);
}
