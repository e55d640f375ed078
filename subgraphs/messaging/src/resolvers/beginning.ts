import type { Bus } from '@marquee/chassis/bus/bus';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { v7 as uuid } from 'uuid';
import { tellChange } from '../live/topics.js';
import { mustParticipate } from '../rules/access.js';
import type { Beginning } from '../rules/inputs.js';
import type { HeadRow } from '../store/rows.js';
import type { MessagingStore } from '../store/store.js';

/** Starts a conversation, or goes on with the DIRECT one that there is: the first message is then its next one. */
export async function begin(
  { store, bus }: { store: MessagingStore; bus: Bus },
  user: UserCaller,
  { firstMessage, ...beginning }: Beginning,
): Promise<HeadRow> {
  const startedAt = new Date();
  const messages = firstMessage === null ? [] : [{ senderId: user.id, body: firstMessage, at: startedAt }];
  const { conversationId, head } = await store.start({ ...beginning, conversationId: uuid(), startedAt, messages });
  if (head) {
    tellChange(bus, head);
    return head;
  }
  if (firstMessage !== null)
    await store.send({ conversationId, senderId: user.id, body: firstMessage, clientMessageId: null });
  return mustParticipate(user, await store.head(conversationId), conversationId);
}
