import { busSettings, sharedBusInProduction } from '@marquee/chassis/bus/open';
import { flag } from '@marquee/chassis/config/settings';
import { dynamoSettings } from '@marquee/chassis/dynamodb/open';
import { z } from 'zod';

/** What the messaging service reads from the environment. */
export const messagingSettings = dynamoSettings
  .extend({
    ...busSettings,
    /** Fills the table with invented conversations; never in production. */
    SEED: flag.default(false),
    /** Seconds between two looks at the store for what no hint told of. */
    TAIL_SECONDS: z.coerce.number().positive().max(60).default(5),
  })
  .refine(({ SEED, NODE_ENV }) => !(SEED && NODE_ENV === 'production'), {
    path: ['SEED'],
    message: 'must not be true with NODE_ENV=production',
  })
  .refine(...sharedBusInProduction);

export type MessagingSettings = z.output<typeof messagingSettings>;
