import { busSettings, sharedBusInProduction } from '@marquee/chassis/bus/open-bus';
import { flag } from '@marquee/chassis/config/settings';
import { dynamoSettings } from '@marquee/chassis/dynamodb/open-table';
import type { z } from 'zod';

/** What the shows service reads from the environment. */
export const showsSettings = dynamoSettings
  .extend({
    ...busSettings,
    /** Fills the table with invented shows; never in production. */
    SEED: flag.default(false),
  })
  .refine(({ SEED, NODE_ENV }) => !(SEED && NODE_ENV === 'production'), {
    path: ['SEED'],
    message: 'must not be true with NODE_ENV=production',
  })
  .refine(...sharedBusInProduction);

export type ShowsSettings = z.output<typeof showsSettings>;
