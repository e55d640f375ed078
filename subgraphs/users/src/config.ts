import { busSettings, sharedBusInProduction } from '@marquee/chassis/bus/open-bus';
import { tailSettings } from '@marquee/chassis/bus/tail-store';
import {
  eventConsumerSettings,
  eventPublisherSettings,
  queueInProduction,
  topicInProduction,
} from '@marquee/chassis/events/event-settings';
import { noSeedInProduction, seedSettings } from '@marquee/chassis/config/settings';
import { completeMailSettings, mailSettings } from '@marquee/chassis/mail/mail-settings';
import { quotaSettings } from '@marquee/chassis/quotas/quota';
import { postgresSettings, type SchemaSettings, schemaSettings } from '@marquee/chassis/postgres/open-database';
import { z } from 'zod';
import { signInSettings, userPoolInProduction } from './erasure/sign-in-removal.js';
import { bucketSettings, directorySettings, uploadSettings } from './media/media-settings.js';
import { deliverySettings } from './media/storage/content-delivery.js';

const settings = postgresSettings.extend({
  ...uploadSettings,
  ...busSettings,
  ...tailSettings,
  ...quotaSettings,
  ...eventPublisherSettings,
  ...eventConsumerSettings,
  ...seedSettings,
  ...signInSettings,
  ...mailSettings,
});

const withBucket = settings.extend({ ...bucketSettings, ...deliverySettings });

/** The environment variables of the users service. */
export const usersSettings = z
  .discriminatedUnion('MEDIA_STORAGE', [withBucket, settings.extend(directorySettings)], {
    error: 'expected s3 or directory',
  })
  .refine(...noSeedInProduction)
  .refine(({ MEDIA_STORAGE, NODE_ENV }) => !(MEDIA_STORAGE === 'directory' && NODE_ENV === 'production'), {
    path: ['MEDIA_STORAGE'],
    message: 'expected s3: a directory is limited to one process on one machine',
  })
  .refine((given) => given.MEDIA_STORAGE !== 's3' || given.NODE_ENV !== 'production' || given.MEDIA_DISTRIBUTION_ID, {
    path: ['MEDIA_DISTRIBUTION_ID'],
    message: 'expected the id of the distribution that serves the public media',
  })
  .refine(...userPoolInProduction)
  .refine(...sharedBusInProduction)
  .refine(...topicInProduction)
  .refine(...queueInProduction)
  .superRefine(completeMailSettings);

export type UsersSettings = z.output<typeof usersSettings>;

/** The environment variables of the command that promotes an admin. */
export const promotionSettings = schemaSettings.omit({ DATABASE_POOL: true, DATABASE_STATEMENT_SECONDS: true });

export type PromotionSettings = SchemaSettings;
