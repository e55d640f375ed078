import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { conversationItemKey, inboxItemKey, readMarkItemKey, readsItemKey } from '../database/table-keys.js';
import { retryOnConflict, transact, type Write, writeConflict } from '../database/transactions.js';
import { inboxEntryWrite } from '../inbox/inbox-store.js';
import type { ReadMark } from '../read-receipts/read-mark-row.js';
import type { ConversationRow } from './conversation-row.js';
import type { CountUses } from './conversation-start-store.js';
import { getConversation } from './conversation-store.js';

/** Computes the new participants from the stored conversation. Throws to reject the change. */
export type ParticipantChange = (conversation: ConversationRow | null) => readonly string[];

/**
 * Adds and removes participants, and returns the conversation after the change.
 * @param countUses counts the users who join
 */
export function changeParticipants(
  dynamo: Dynamo,
  conversationId: string,
  change: ParticipantChange,
  countUses?: CountUses<number>,
): Promise<ConversationRow> {
  return retryOnConflict(async () => {
    const before = await getConversation(dynamo, conversationId);
    const participants = [...change(before)];
    if (!before) throw new Error(`A participant change accepted the missing conversation "${conversationId}".`);
    const after = { ...before, participants, membership: before.membership + 1 };
    const writes = participantWrites(dynamo.table, before, after);
    if (writes.length === 0) return before;
    const joined = participants.filter((userId) => !before.participants.includes(userId));
    const uses = (await countUses?.(joined.length)) ?? [];
    return (await transact(dynamo, [...writes, ...uses])) ? writeConflict : after;
  });
}

function participantWrites(TableName: string, before: ConversationRow, after: ConversationRow): Write[] {
  const joined = after.participants.filter((userId) => !before.participants.includes(userId));
  const left = before.participants.filter((userId) => !after.participants.includes(userId));
  if (joined.length + left.length === 0) return [];
  // Earlier messages are not unread for users who join.
  const marks = new Map(
    joined.map((userId) => [userId, { upTo: before.lastSequence, sent: before.sent[userId] ?? 0 }]),
  );
  return [
    conversationWrite(TableName, before, after),
    marksWrite(TableName, before.conversationId, marks, left),
    ...[...marks].map(([userId, mark]) => inboxEntryWrite(TableName, userId, after, mark)),
    ...left.flatMap((userId) => [
      { Delete: { TableName, Key: inboxItemKey(userId, before.conversationId) } },
      { Delete: { TableName, Key: readMarkItemKey(userId, before.conversationId) } },
    ]),
  ];
}

/** Also conditional on the last sequence, from which the read marks of new participants are computed. */
function conversationWrite(TableName: string, before: ConversationRow, after: ConversationRow): Write {
  return {
    Update: {
      TableName,
      Key: conversationItemKey(after.conversationId),
      ConditionExpression: 'membership = :before AND lastSequence = :sequence',
      UpdateExpression: 'SET membership = :membership, participants = :participants',
      ExpressionAttributeValues: {
        ':before': before.membership,
        ':sequence': before.lastSequence,
        ':membership': after.membership,
        ':participants': after.participants,
      },
    },
  };
}

function marksWrite(
  TableName: string,
  conversationId: string,
  joined: ReadonlyMap<string, ReadMark>,
  left: readonly string[],
): Write {
  const joinedIds = [...joined.keys()];
  const names = [...joinedIds, ...left].map((userId, at) => [`#u${at}`, userId] as const);
  const set = joinedIds.map((_, at) => `marks.#u${at} = :m${at}`).join(', ');
  const remove = left.map((_, at) => `marks.#u${joinedIds.length + at}`).join(', ');
  return {
    Update: {
      TableName,
      Key: readsItemKey(conversationId),
      UpdateExpression: [set && `SET ${set}`, remove && `REMOVE ${remove}`].filter(Boolean).join(' '),
      ExpressionAttributeNames: Object.fromEntries(names),
      ...(joinedIds.length > 0 && {
        ExpressionAttributeValues: Object.fromEntries(joinedIds.map((id, at) => [`:m${at}`, joined.get(id)])),
      }),
    },
  };
}
