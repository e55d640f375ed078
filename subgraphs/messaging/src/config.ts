import { busSettings, sharedBusInProduction } from '@marquee/chassis/bus/open-bus';
import { flag } from '@marquee/chassis/config/settings';
import { dynamoSettings } from '@marquee/chassis/dynamodb/open-table';
import { z } from 'zod';

/** The environment variables of the messaging service. */
export const messagingSettings = dynamoSettings
  .extend({
    ...busSettings,
    /** Adds example conversations to the table; not allowed in production. */
    SEED: flag.default(false),
    /** Seconds between two polls of the store for changes whose notification was lost. */
    TAIL_SECONDS: z.coerce.number().positive().max(60).default(5),
  })
  .refine(({ SEED, NODE_ENV }) => !(SEED && NODE_ENV === 'production'), {
    path: ['SEED'],
    message: 'must not be true with NODE_ENV=production',
  })
  .refine(...sharedBusInProduction);

export type MessagingSettings = z.output<typeof messagingSettings>;
