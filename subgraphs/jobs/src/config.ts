import { busSettings, sharedBusInProduction } from '@marquee/chassis/bus/open';
import { tailSettings } from '@marquee/chassis/bus/store-stream';
import { flag } from '@marquee/chassis/config/settings';
import { postgresSettings } from '@marquee/chassis/postgres/open';
import { z } from 'zod';

/** What the jobs service reads from its environment. */
export const jobsSettings = postgresSettings
  .extend({
    ...busSettings,
    ...tailSettings,
    /** Fills an empty database with a world to try the graph with. */
    SEED: flag.default(false),
    /** The key that media ids prove their owner with: 32 bytes in base64, the same as in the service that makes them. */
    MEDIA_ID_KEY: z
      .base64({ error: 'expected base64' })
      .transform((value) => Buffer.from(value, 'base64'))
      .refine((key) => key.length >= 32, 'expected at least 32 bytes in base64'),
  })
  .refine((settings) => !(settings.SEED && settings.NODE_ENV === 'production'), {
    path: ['SEED'],
    message: 'expected false: an example world has no place in production',
  })
  .refine(...sharedBusInProduction);

export type JobsSettings = z.output<typeof jobsSettings>;
