import { flag } from '@marquee/chassis/config/settings';
import { postgresSettings } from '@marquee/chassis/postgres/open';
import type { z } from 'zod';

/** What the users service reads from its environment. */
export const usersSettings = postgresSettings
  .extend({
    /** Fills an empty database with people to try the graph with. */
    SEED: flag.default(false),
  })
  .refine((settings) => !(settings.SEED && settings.NODE_ENV === 'production'), {
    path: ['SEED'],
    message: 'expected false: example people have no place in production',
  });

export type UsersSettings = z.output<typeof usersSettings>;

/** What promoting an admin reads: where the users are. */
export const promotionSettings = postgresSettings.pick({ DATABASE_URL: true, DATABASE_SCHEMA: true });

export type PromotionSettings = z.output<typeof promotionSettings>;
