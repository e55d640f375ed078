import type { DataSource } from 'typeorm';
import { accountStore } from './accounts/account-store.js';
import { principalStore } from './accounts/principal-store.js';
import { Activity } from './activities/activity-model.js';
import { activityStore } from './activities/activity-store.js';
import { activityWritingStore } from './activities/activity-writing-store.js';
import { likeStore } from './activities/like-store.js';
import { Media } from './media/media-model.js';
import { mediaStore } from './media/media-store.js';
import { processingStore } from './media/processing/processing-store.js';
import { Notification } from './notifications/notification-model.js';
import { notificationStore } from './notifications/notification-store.js';
import { profileStore } from './people/profile-store.js';
import { User } from './people/user-model.js';
import { userStore } from './people/user-store.js';
import { mediaSeedStore } from './seed/media-seed-store.js';
import { seedStore } from './seed/seed-store.js';

export const entities = [User, Activity, Notification, Media];

export type Store = ReturnType<typeof createStore>;

/** Every statement of the service, by noun and intention. */
export function createStore(source: DataSource) {
  return {
    users: userStore(source),
    profiles: profileStore(source),
    principals: principalStore(source),
    accounts: accountStore(source),
    activities: activityStore(source),
    activityWriting: activityWritingStore(source),
    likes: likeStore(source),
    notifications: notificationStore(source),
    media: mediaStore(source),
    processing: processingStore(source),
    seeding: seedStore(source),
    mediaSeeding: mediaSeedStore(source),
  };
}
