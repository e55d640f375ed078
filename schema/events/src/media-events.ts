import type { EventDefinition } from '@marquee/chassis/events/domain-event';
import { z } from 'zod';

/** The subject of each of these events is the id of the media. */
const mediaId = z.uuid().describe('The id of the media.');

const media = z.object({
  mediaId,
  ownerId: z.uuid().describe('The id of the user who uploaded it.'),
  purpose: z
    .enum(['AVATAR', 'COVER', 'PORTFOLIO', 'JOB_ATTACHMENT', 'BOOK_COVER'])
    .describe('The purpose of the upload.'),
});

const use = z.object({
  mediaId,
  place: z
    .enum(['PROFILE_AVATAR', 'PROFILE_RESUME', 'PORTFOLIO_ASSET', 'JOB_ATTACHMENT', 'BOOK_COVER'])
    .describe('The kind of the use.'),
  holderId: z.uuid().describe('The id of the profile, portfolio asset, job or book cover that uses it.'),
});

export const mediaReady = {
  source: 'users',
  type: 'MediaReady',
  version: 1,
  description: 'An upload was processed and can be shown.',
  data: media,
} satisfies EventDefinition;

export const mediaRejected = {
  source: 'users',
  type: 'MediaRejected',
  version: 1,
  description: 'An upload was rejected.',
  data: media,
} satisfies EventDefinition;

export const mediaAttached = {
  source: 'jobs',
  type: 'MediaAttached',
  version: 1,
  description: 'Something refers to the media. The media may have several uses at the same time.',
  data: use,
} satisfies EventDefinition;

export const mediaDetached = {
  source: 'jobs',
  type: 'MediaDetached',
  version: 1,
  description: 'A use of the media has ended. Other uses may remain.',
  data: use,
} satisfies EventDefinition;

export const mediaUnused = {
  source: 'users',
  type: 'MediaUnused',
  version: 1,
  description:
    'The media has had no known use for a day. It is removed once the service that uses media has released it.',
  data: z.object({ mediaId }),
} satisfies EventDefinition;

export const mediaReleased = {
  source: 'jobs',
  type: 'MediaReleased',
  version: 1,
  description: 'Nothing uses the media, and nothing can begin to use it. The answer to MediaUnused.',
  data: z.object({ mediaId }),
} satisfies EventDefinition;

export const mediaRemoved = {
  source: 'users',
  type: 'MediaRemoved',
  version: 1,
  description: 'The media, which were released, no longer exist.',
  data: z.object({ mediaId }),
} satisfies EventDefinition;
