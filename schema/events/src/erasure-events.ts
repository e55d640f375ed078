import type { EventDefinition } from '@marquee/chassis/events/domain-event';
import { z } from 'zod';

/**
 * The subject of each of these events is the id of the deleted user. A service emits its event each time that it applies
 * `UserDeleted`.
 */
const erasure = z.object({
  userId: z.uuid().describe('The id of the user.'),
  counts: z
    .record(z.string().regex(/^[a-z][A-Za-z]{0,30}$/), z.int().nonnegative())
    .describe('The number of erased items by their kind, such as `proposals`.'),
});

export const workErased = {
  source: 'jobs',
  type: 'WorkErased',
  version: 1,
  description: 'The profile, jobs and proposals of a deleted user were erased, with the notes about the user.',
  data: erasure,
} satisfies EventDefinition;

export const messagesErased = {
  source: 'messaging',
  type: 'MessagesErased',
  version: 1,
  description:
    'The texts of the messages of a deleted user were erased. `messages` counts those that were found at once. Messages ' +
    'in conversations that the user left before departures were recorded may be erased later, and are not counted.',
  data: erasure,
} satisfies EventDefinition;
