import { postgresQuotas } from '@marquee/chassis/quotas/postgres-quotas';
import type { DataSource } from 'typeorm';
import { quotas } from './quotas.js';
import { accountErasureStore } from './accounts/account-erasure.js';
import { accountStore } from './accounts/account-store.js';
import { principalStore } from './accounts/principal-store.js';
import { activityExpiryStore } from './activities/activity-expiry-store.js';
import { Activity } from './activities/activity-model.js';
import { activityStore } from './activities/activity-store.js';
import { activityWritingStore } from './activities/activity-writing-store.js';
import { likeStore } from './activities/like-store.js';
import { erasureStore } from './erasure/erasure-store.js';
import { exportStore } from './exports/export-store.js';
import { digestStore } from './emails/digest-store.js';
import { Media } from './media/media-model.js';
import { mediaSweepStore } from './media/media-sweeper.js';
import { mediaStore } from './media/media-store.js';
import { processingStore } from './media/processing/processing-store.js';
import { Notification } from './notifications/notification-model.js';
import { notificationStore } from './notifications/notification-store.js';
import { preferenceStore } from './notifications/preference-store.js';
import { profileStore } from './people/profile-store.js';
import { User } from './people/user-model.js';
import { userStore } from './people/user-store.js';
import { mediaSeedStore } from './seed/media-seed-store.js';
import { seedStore } from './seed/seed-store.js';

export const entities = [User, Activity, Notification, Media];

export type Store = ReturnType<typeof createStore>;

/**
 * Every statement of the service, by noun and intention.
 * @param quotaFactor multiplies the quotas of all actions; 0 for none
 */
export function createStore(source: DataSource, quotaFactor = 1) {
  const counted = postgresQuotas(source, quotas, quotaFactor);
  return {
    quotas: counted,
    users: userStore(source),
    profiles: profileStore(source),
    principals: principalStore(source),
    accounts: accountStore(source),
    accountErasures: accountErasureStore(source),
    erasures: erasureStore(source),
    exports: exportStore(source),
    activities: activityStore(source),
    activityExpiry: activityExpiryStore(source),
    activityWriting: activityWritingStore(source),
    likes: likeStore(source),
    notifications: notificationStore(source),
    preferences: preferenceStore(source),
    digests: digestStore(source),
    media: mediaStore(source, counted, quotaFactor),
    processing: processingStore(source),
    mediaSweeping: mediaSweepStore(source),
    seeding: seedStore(source),
    mediaSeeding: mediaSeedStore(source),
  };
}
