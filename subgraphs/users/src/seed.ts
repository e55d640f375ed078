import { fold } from '@marquee/chassis/input/fold';
import { v7 } from 'uuid';
import type { Storage } from './media/storage.js';
import { NotificationKind } from './model/notification.js';
import { conversations, type ExamplePost } from './seed/conversations.js';
import { freelancers } from './seed/freelancers.js';
import { seedMedia } from './seed/media.js';
import { people } from './seed/people.js';
import type { SeededActivity, SeededLike, SeededNotification } from './store/seeding.js';
import type { Store } from './store/store.js';

const hour = 60 * 60 * 1000;
const lifetime = 30 * 24 * hour;

/**
 * Fills the database with people, their pictures and what they say. Starting again adds nothing while any of it is alive;
 * when all has expired, the same conversations happen anew.
 */
export async function seed(store: Store, storage: Storage): Promise<void> {
  const everybody = [...people, ...freelancers];
  await store.seeding.addPeople(everybody.map((person) => ({ ...person, foldedName: fold(person.displayName) })));
  await seedMedia(everybody, store.mediaSeeding, storage);
  const authors = people.map(({ id }) => id);
  const now = Date.now();
  await store.seeding.addConversations(authors, conversations.map((post) => conversationOf(post, now)).flat());
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
  const person = people.find((candidate) => candidate.handle === handle);
  if (!person) throw new Error(`No example person is called "${handle}".`);
  return person.id;
}
