import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { getItems } from '../database/batch-get.js';
import {
  conversationItemKey,
  departureItemKey,
  inboxItemKey,
  leftItemKey,
  readMarkItemKey,
  readsItemKey,
} from '../database/table-keys.js';
import { retryOnConflict, transact, type Write, writeConflict } from '../database/transactions.js';
import { inboxEntryWrite } from '../inbox/inbox-store.js';
import type { ReadMark } from '../read-receipts/read-mark-row.js';
import type { ConversationRow } from './conversation-row.js';
import type { CountUses } from './conversation-start-store.js';
import { getConversation } from './conversation-store.js';

/** Computes the new participants from the stored conversation. Throws to reject the change. */
export type ParticipantChange = (conversation: ConversationRow | null) => readonly string[];

export interface ParticipantOptions {
  /**
   * Whether the users who join can read earlier messages. Without it, those who join for the first time can, and those who
   * have left before cannot.
   */
  shareHistory?: boolean | null | undefined;
  /** Counts the users who join. */
  countUses?: CountUses<number>;
}

/** Adds and removes participants, and returns the conversation after the change. */
export function changeParticipants(
  dynamo: Dynamo,
  conversationId: string,
  change: ParticipantChange,
  { shareHistory, countUses }: ParticipantOptions = {},
): Promise<ConversationRow> {
  return retryOnConflict(async () => {
    const before = await getConversation(dynamo, conversationId);
    const participants = [...change(before)];
    if (!before) throw new Error(`A participant change accepted the missing conversation "${conversationId}".`);
    const joined = participants.filter((userId) => !before.participants.includes(userId));
    const excluded = shareHistory
      ? []
      : shareHistory === false
        ? joined
        : await departed(dynamo, conversationId, joined);
    const hiddenUpTo = hiddenAfter(before, participants, excluded);
    const after = { ...before, participants, membership: before.membership + 1, hiddenUpTo };
    const writes = participantWrites(dynamo.table, before, after);
    if (writes.length === 0) return before;
    const uses = (await countUses?.(joined.length)) ?? [];
    return (await transact(dynamo, [...writes, ...uses])) ? writeConflict : after;
  });
}

/** The users among these who have left the conversation before. */
async function departed(dynamo: Dynamo, conversationId: string, userIds: readonly string[]): Promise<string[]> {
  const keys = userIds.map((userId) => departureItemKey(conversationId, userId));
  const found = new Set((await getItems(dynamo, keys)).map(({ sk }) => sk));
  return userIds.filter((_, index) => found.has(keys[index]?.sk ?? ''));
}

/** The sequences up to which messages are hidden from the participants after a change. */
function hiddenAfter(
  { hiddenUpTo = {}, lastSequence }: ConversationRow,
  participants: readonly string[],
  excluded: readonly string[],
): Record<string, number> {
  const hidden = { ...hiddenUpTo, ...Object.fromEntries(excluded.map((userId) => [userId, lastSequence])) };
  return Object.fromEntries(Object.entries(hidden).filter(([userId]) => participants.includes(userId)));
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
      { Put: { TableName, Item: { ...departureItemKey(before.conversationId, userId) } } },
      { Put: { TableName, Item: { ...leftItemKey(userId, before.conversationId) } } },
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
      UpdateExpression: 'SET membership = :membership, participants = :participants, hiddenUpTo = :hidden',
      ExpressionAttributeValues: {
        ':before': before.membership,
        ':sequence': before.lastSequence,
        ':membership': after.membership,
        ':participants': after.participants,
        ':hidden': after.hiddenUpTo,
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
