import type { EventDefinition } from '@marquee/chassis/events/domain-event';
import { z } from 'zod';

/** The subject of each of these events is the slug of the show. */
const source = 'shows';

const slug = z
  .string()
  .regex(/^show\/[a-z0-9][a-z0-9-]*$/)
  .describe('The slug of the show. After a deletion, another show may get it.');

export const showChanged = {
  source,
  type: 'ShowChanged',
  version: 1,
  description: 'A show was added or changed.',
  data: z.object({ slug }),
} satisfies EventDefinition;

export const showDeleted = {
  source,
  type: 'ShowDeleted',
  version: 1,
  description: 'A show was deleted. References to it that are older than the event refer to nothing.',
  data: z.object({ slug }),
} satisfies EventDefinition;
