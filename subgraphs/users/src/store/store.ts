import type { DataSource } from 'typeorm';
import { Activity } from '../model/activity.js';
import { Media } from '../model/media.js';
import { Notification } from '../model/notification.js';
import { User } from '../model/user.js';
import { activityStore } from './activities.js';
import { administrationStore } from './administration.js';
import { likeStore } from './likes.js';
import { mediaSeedingStore } from './media-seeding.js';
import { mediaStore } from './media.js';
import { notificationStore } from './notifications.js';
import { postingStore } from './posting.js';
import { principalStore } from './principals.js';
import { processingStore } from './processing.js';
import { profileStore } from './profiles.js';
import { seedingStore } from './seeding.js';
import { userStore } from './users.js';

export const entities = [User, Activity, Notification, Media];

export type Store = ReturnType<typeof createStore>;

/** Every statement of the service, by noun and intention. */
export function createStore(source: DataSource) {
  return {
    users: userStore(source),
    profiles: profileStore(source),
    principals: principalStore(source),
    administration: administrationStore(source),
    activities: activityStore(source),
    posting: postingStore(source),
    likes: likeStore(source),
    notifications: notificationStore(source),
    media: mediaStore(source),
    processing: processingStore(source),
    seeding: seedingStore(source),
    mediaSeeding: mediaSeedingStore(source),
  };
}
