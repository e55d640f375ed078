import { busSettings, sharedBusInProduction } from '@marquee/chassis/bus/open-bus';
import { tailSettings } from '@marquee/chassis/bus/tail-store';
import { flag } from '@marquee/chassis/config/settings';
import { postgresSettings } from '@marquee/chassis/postgres/open-database';
import { z } from 'zod';
import { bucketSettings, directorySettings, uploadSettings } from './media/media-settings.js';

const settings = postgresSettings.extend({
  ...uploadSettings,
  ...busSettings,
  ...tailSettings,
  /** Fills an empty database with people to try the graph with. */
  SEED: flag.default(false),
});

/** What the users service reads from its environment. */
export const usersSettings = z
  .discriminatedUnion('MEDIA_STORAGE', [settings.extend(bucketSettings), settings.extend(directorySettings)], {
    error: 'expected s3 or directory',
  })
  .refine(({ SEED, NODE_ENV }) => !(SEED && NODE_ENV === 'production'), {
    path: ['SEED'],
    message: 'expected false: example people have no place in production',
  })
  .refine(({ MEDIA_STORAGE, NODE_ENV }) => !(MEDIA_STORAGE === 'directory' && NODE_ENV === 'production'), {
    path: ['MEDIA_STORAGE'],
    message: 'expected s3: a directory serves one process on one machine',
  })
  .refine(...sharedBusInProduction);

export type UsersSettings = z.output<typeof usersSettings>;

/** What promoting an admin reads: where the users are. */
export const promotionSettings = postgresSettings.pick({ DATABASE_URL: true, DATABASE_SCHEMA: true });

export type PromotionSettings = z.output<typeof promotionSettings>;
