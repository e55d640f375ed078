import { busSettings, sharedBusInProduction } from '@marquee/chassis/bus/open-bus';
import { tailSettings } from '@marquee/chassis/bus/tail-store';
import { flag } from '@marquee/chassis/config/settings';
import { postgresSettings } from '@marquee/chassis/postgres/open-database';
import { z } from 'zod';

/** The environment variables of the jobs service. */
export const jobsSettings = postgresSettings
  .extend({
    ...busSettings,
    ...tailSettings,
    /** Fills an empty database with example data. */
    SEED: flag.default(false),
    /** The key that signs the owner of a media id: 32 bytes in base64, the same as in the users service. */
    MEDIA_ID_KEY: z
      .base64({ error: 'expected base64' })
      .transform((value) => Buffer.from(value, 'base64'))
      .refine((key) => key.length >= 32, 'expected at least 32 bytes in base64'),
  })
  .refine((settings) => !(settings.SEED && settings.NODE_ENV === 'production'), {
    path: ['SEED'],
    message: 'expected false: production must not contain example data',
  })
  .refine(...sharedBusInProduction);

export type JobsSettings = z.output<typeof jobsSettings>;
