import { fold } from '@marquee/chassis/input/fold';
import { v7 } from 'uuid';
import type { MediaStorage } from '../media/storage/media-storage.js';
import { NotificationKind } from '../notifications/notification-model.js';
import { exampleActivities, type ExamplePost } from './example-activities.js';
import { exampleFreelancers } from './example-freelancers.js';
import { seedMedia } from './media-seed.js';
import { examplePeople } from './example-people.js';
import type { SeededActivity, SeededLike, SeededNotification } from './seed-store.js';
import type { Store } from '../store.js';

const hour = 60 * 60 * 1000;
const lifetime = 30 * 24 * hour;

/**
 * Fills the database with people, their pictures and what they say. Starting again adds nothing while any of it is alive;
 * when all has expired, the same conversations happen anew.
 */
export async function seed(store: Store, storage: MediaStorage): Promise<void> {
  const everybody = [...examplePeople, ...exampleFreelancers];
  await store.seeding.addPeople(everybody.map((person) => ({ ...person, foldedName: fold(person.displayName) })));
  await seedMedia(everybody, store.mediaSeeding, storage);
  const authors = examplePeople.map(({ id }) => id);
  const now = Date.now();
  await store.seeding.addActivities(authors, exampleActivities.map((post) => conversationOf(post, now)).flat());
}

function conversationOf(post: ExamplePost, now: number): SeededActivity[] {
  const opening = activityOf(post, now, null);
  const answers = post.replies.map((reply) => activityOf({ ...reply, replies: [] }, now, opening));
  return [opening, ...answers];
}

function activityOf(post: ExamplePost, now: number, parent: SeededActivity | null): SeededActivity {
  const said = now - post.hoursAgo * hour;
  const authorId = idOf(post.by);
  const likes = post.likedBy.map((handle): SeededLike => ({ userId: idOf(handle), at: new Date(said + hour / 4) }));
  const told = likes.map((like) => notification(NotificationKind.LIKE, authorId, like.userId, like.at));
  const answered =
    parent === null ? [] : [notification(NotificationKind.REPLY, parent.authorId, authorId, new Date(said))];
  return {
    id: v7({ msecs: said }),
    authorId,
    replyToId: parent?.id ?? null,
    message: post.message,
    replyCount: post.replies.length,
    createdAt: new Date(said),
    expiresAt: parent?.expiresAt ?? new Date(said + lifetime),
    likes,
    notifications: [...told, ...answered].filter(({ userId, actorId }) => userId !== actorId),
  };
}

function notification(kind: NotificationKind, userId: string, actorId: string, at: Date): SeededNotification {
  return { id: v7({ msecs: at.getTime() }), kind, userId, actorId, createdAt: at };
}

function idOf(handle: string): string {
  const person = examplePeople.find((candidate) => candidate.handle === handle);
  if (!person) throw new Error(`No example person is called "${handle}".`);
  return person.id;
}
