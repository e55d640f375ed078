import {
  activityKey,
  conversationItemKey,
  inboxItemKey,
  inboxLogPartition,
  readsItemKey,
} from '@marquee/messaging/database/table-keys';
import type { ConversationRow } from '@marquee/messaging/conversations/conversation-row';
import { connectDatabase } from '../amplification/fill-stores.js';
import { putItems } from '../amplification/shows-loader.js';
import { openDocuments } from '../system/dynamo-documents.js';
import type { SystemUnderTest } from '../system/system-under-test.js';

/** A conversation with the subject of one of its participants. */
export interface QuietConversation {
  id: string;
  sub: string;
}

/** Stores people, and a DIRECT conversation without messages for each of them, which has been in a stream of their inbox. */
export async function loadQuietConversations(system: SystemUnderTest, count: number): Promise<QuietConversation[]> {
  const people = await insertPeople(system, count);
  const { documents, close } = openDocuments(system);
  const conversations = people.map((person, index) => ({ person, conversation: conversationOf(person.id, index) }));
  try {
    const items = conversations.flatMap(({ person, conversation }) => itemsOf(person.id, conversation));
    await putItems(documents, 'messaging-local', items);
  } finally {
    close();
  }
  return conversations.map(({ person: { sub }, conversation }) => ({ id: conversation.conversationId, sub }));
}

interface Person {
  id: string;
  sub: string;
}

async function insertPeople(system: SystemUnderTest, count: number): Promise<Person[]> {
  const users = await connectDatabase(system, 'users');
  try {
    return await users.query<Person[]>(
      `insert into users (id, sub, handle, display_name, folded_name)
       select gen_random_uuid(), 'quiet-' || i, 'quiet_' || i, 'Quiet ' || i, 'quiet ' || i
       from generate_series(1, $1::integer) as i returning id, sub`,
      [count],
    );
  } finally {
    await users.destroy();
  }
}

const other = '019a0002-0000-7000-8000-000000000000';

function conversationOf(userId: string, index: number): ConversationRow {
  const now = new Date().toISOString();
  return {
    conversationId: `019a0003-0000-7000-8000-${String(index).padStart(12, '0')}`,
    kind: 'DIRECT',
    participants: [userId, other],
    membership: 1,
    lastSequence: 0,
    sent: {},
    createdAt: now,
    lastActivityAt: now,
  };
}

function itemsOf(userId: string, conversation: ConversationRow): object[] {
  const { conversationId, lastActivityAt } = conversation;
  const none = { upTo: 0, sent: 0 };
  return [
    { ...conversationItemKey(conversationId), ...conversation },
    { ...readsItemKey(conversationId), conversationId, marks: { [userId]: none, [other]: none } },
    {
      ...inboxItemKey(userId, conversationId),
      inboxOf: userId,
      activity: activityKey(lastActivityAt, conversationId),
      lastSequence: 0,
      sent: 0,
      from: none,
    },
    { pk: inboxLogPartition(userId), sk: 'last', position: 1 },
    {
      pk: inboxLogPartition(userId),
      sk: `c#${conversationId}`,
      position: 1,
      version: { messages: 0, membership: conversation.membership, reads: 0 },
    },
  ];
}
