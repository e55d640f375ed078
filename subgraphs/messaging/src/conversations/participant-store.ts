import type { Dynamo } from '@marquee/chassis/dynamodb/open';
import { getConversation } from './conversation-store.js';
import { conversationItemKey, inboxItemKey, readMarkItemKey, readsItemKey } from '../database/table-keys.js';
import type { ConversationRow, ReadMark } from './conversation-row.js';
import { inboxEntryWrite } from './conversation-start-store.js';
import { writeConflict, transact, retryOnConflict, type Write } from '../database/transactions.js';

/** Who is to be in a conversation, given who is; throws what refuses the change. */
export type Change = (head: ConversationRow | null) => readonly string[];

/** Lets people in or out. The answer is the head as it is then, and the one before. */
export function changeParticipants(
  dynamo: Dynamo,
  conversationId: string,
  change: Change,
): Promise<{ was: ConversationRow; head: ConversationRow }> {
  return retryOnConflict(async () => {
    const was = await getConversation(dynamo, conversationId);
    const participants = [...change(was)];
    if (!was) throw new Error('A change of members let a missing conversation pass');
    const head = { ...was, participants, membership: was.membership + 1 };
    const writes = writesOf(dynamo.table, was, head);
    if (writes.length === 0) return { was, head: was };
    return (await transact(dynamo, writes)) ? writeConflict : { was, head };
  });
}

function writesOf(TableName: string, was: ConversationRow, head: ConversationRow): Write[] {
  const came = head.participants.filter((userId) => !was.participants.includes(userId));
  const left = was.participants.filter((userId) => !head.participants.includes(userId));
  if (came.length + left.length === 0) return [];
  // Who comes has nothing unread: what was said before is history to them.
  const marks = new Map(came.map((userId) => [userId, { upTo: was.lastSequence, sent: was.sent[userId] ?? 0 }]));
  return [
    headWrite(TableName, was, head),
    marksWrite(TableName, was.conversationId, marks, left),
    ...[...marks].map(([userId, mark]) => inboxEntryWrite(TableName, userId, head, mark)),
    ...left.flatMap((userId) => [
      { Delete: { TableName, Key: inboxItemKey(userId, was.conversationId) } },
      { Delete: { TableName, Key: readMarkItemKey(userId, was.conversationId) } },
    ]),
  ];
}

/** It counts on the sequence too: who comes starts to read where the conversation stands. */
function headWrite(TableName: string, was: ConversationRow, head: ConversationRow): Write {
  return {
    Update: {
      TableName,
      Key: conversationItemKey(head.conversationId),
      ConditionExpression: 'membership = :was AND lastSequence = :sequence',
      UpdateExpression: 'SET membership = :membership, participants = :participants',
      ExpressionAttributeValues: {
        ':was': was.membership,
        ':sequence': was.lastSequence,
        ':membership': head.membership,
        ':participants': head.participants,
      },
    },
  };
}

function marksWrite(
  TableName: string,
  conversationId: string,
  came: ReadonlyMap<string, ReadMark>,
  left: readonly string[],
): Write {
  const comers = [...came.keys()];
  const names = [...comers, ...left].map((userId, at) => [`#u${at}`, userId] as const);
  const set = comers.map((_, at) => `marks.#u${at} = :m${at}`).join(', ');
  const remove = left.map((_, at) => `marks.#u${comers.length + at}`).join(', ');
  return {
    Update: {
      TableName,
      Key: readsItemKey(conversationId),
      UpdateExpression: [set && `SET ${set}`, remove && `REMOVE ${remove}`].filter(Boolean).join(' '),
      ExpressionAttributeNames: Object.fromEntries(names),
      ...(comers.length > 0 && {
        ExpressionAttributeValues: Object.fromEntries(comers.map((userId, at) => [`:m${at}`, came.get(userId)])),
      }),
    },
  };
}
