import { fold } from '@marquee/chassis/input/fold';
import { v7 } from 'uuid';
import type { MediaStorage } from '../media/storage/media-storage.js';
import { NotificationKind } from '../notifications/notification-kinds.js';
import type { Store } from '../store.js';
import { exampleActivities, type ExamplePost } from './example-activities.js';
import { exampleFreelancers } from './example-freelancers.js';
import { examplePeople } from './example-people.js';
import { seedMedia } from './media-seed.js';
import type { SeededActivity, SeededLike, SeededNotification } from './seed-store.js';

const hourMs = 60 * 60 * 1000;
const lifetimeMs = 30 * 24 * hourMs;

/**
 * Adds example people, their pictures and their activities. A repeated seed adds no activities while an earlier one is
 * still active; after all have expired, it adds them again with current times.
 */
export async function seed(store: Store, storage: MediaStorage): Promise<void> {
  const people = [...examplePeople, ...exampleFreelancers];
  await store.seeding.addPeople(people.map((person) => ({ ...person, foldedName: fold(person.displayName) })));
  await seedMedia(people, store.mediaSeeding, storage);
  const authorIds = examplePeople.map(({ id }) => id);
  const now = Date.now();
  await store.seeding.addActivities(authorIds, exampleActivities.map((post) => toActivities(post, now)).flat());
}

/** An activity and its replies. */
function toActivities(post: ExamplePost, now: number): SeededActivity[] {
  const activity = toActivity(post, now, null);
  const replies = post.replies.map((reply) => toActivity({ ...reply, replies: [] }, now, activity));
  return [activity, ...replies];
}

function toActivity(post: ExamplePost, now: number, parent: SeededActivity | null): SeededActivity {
  const postedAt = now - post.hoursAgo * hourMs;
  const authorId = idOf(post.by);
  const likes = post.likedBy.map((handle): SeededLike => ({
    userId: idOf(handle),
    at: new Date(postedAt + hourMs / 4),
  }));
  const fans = likes.filter(({ userId }) => userId !== authorId);
  const likeNotifications = fans.slice(0, 1).map(({ userId, at }) => ({
    ...notification(NotificationKind.LIKE, authorId, userId, at),
    actorCount: fans.length,
  }));
  const replyNotifications =
    parent === null ? [] : [notification(NotificationKind.REPLY, parent.authorId, authorId, new Date(postedAt))];
  return {
    id: v7({ msecs: postedAt }),
    authorId,
    replyToId: parent?.id ?? null,
    message: post.message,
    replyCount: post.replies.length,
    createdAt: new Date(postedAt),
    expiresAt: parent?.expiresAt ?? new Date(postedAt + lifetimeMs),
    likes,
    notifications: [...likeNotifications, ...replyNotifications].filter(({ userId, actorId }) => userId !== actorId),
  };
}

function notification(kind: NotificationKind, userId: string, actorId: string, at: Date): SeededNotification {
  return { id: v7({ msecs: at.getTime() }), kind, userId, actorId, actorCount: 1, createdAt: at };
}

function idOf(handle: string): string {
  const person = examplePeople.find((candidate) => candidate.handle === handle);
  if (!person) throw new Error(`There is no example person with the handle "${handle}".`);
  return person.id;
}
