import type { EventDefinition } from '@marquee/chassis/events/domain-event';
import { z } from 'zod';

/** The subject of each of these events is the id of the freelancer profile. */
const source = 'jobs';

const profile = z.object({
  profileId: z.uuid().describe('The id of the freelancer profile.'),
  userId: z.uuid().describe('The id of its owner.'),
});

export const profileApproved = {
  source,
  type: 'ProfileApproved',
  version: 1,
  description: 'A freelancer profile was approved or restored, and is public.',
  data: profile,
} satisfies EventDefinition;

export const profileChangesRequested = {
  source,
  type: 'ProfileChangesRequested',
  version: 1,
  description: 'A reviewer requested changes of a freelancer profile.',
  data: profile,
} satisfies EventDefinition;

export const profileSuspended = {
  source,
  type: 'ProfileSuspended',
  version: 1,
  description: 'A freelancer profile was suspended, and is no longer public.',
  data: profile,
} satisfies EventDefinition;
