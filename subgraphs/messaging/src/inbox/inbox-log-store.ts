/**
 * The change log of a user's inbox: one item for each conversation, with the position of its latest change. Positions are
 * assigned by the replicas that serve the user's stream, when they find that a conversation differs from its item, and not
 * by the writers: a message or a read mark would otherwise write an item for each of up to 50 participants, and the
 * writers of all conversations of a user would conflict.
 *
 * A change that was not noticed when it happened is therefore found later, and its position follows all others. The
 * versions of a conversation are counters that every change of it increments in its own transaction.
 */
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { conversationIdOf, inboxLogPartition, leftPartition, userPartition } from '../database/table-keys.js';
import { transact, type Write } from '../database/transactions.js';

/** The counters that grow with the messages, the participants and the read marks of a conversation. */
export interface ConversationVersion {
  messages: number;
  membership: number;
  reads: number;
  /** Set once the user has left the conversation. The counters then stay as they were. */
  hasLeft?: boolean;
}

export interface InboxChange {
  conversationId: string;
  /** From 1. The next change of any conversation of the user is one greater. */
  position: number;
  version: ConversationVersion;
  /** The W3C trace context of the request that caused it, if it is known and its trace is sampled. */
  traceparent?: string;
}

export interface InboxLog {
  /** The position of the latest change; 0 for none. */
  last: number;
  /** The latest change of each conversation, in any order. */
  changes: InboxChange[];
}

/** Changes that one transaction appends, beside the counter. */
export const maxAppended = 99;

const counterKey = 'last';

export async function readInboxLog(dynamo: Dynamo, userId: string): Promise<InboxLog> {
  const items = await queryAll(dynamo, inboxLogPartition(userId), '');
  const counter = items.find(({ sk }) => sk === counterKey);
  const changes = items.filter(({ sk }) => sk !== counterKey);
  return {
    last: Number(counter?.['position'] ?? 0),
    changes: changes.map(({ sk, position, version, traceparent }) => ({
      conversationId: conversationIdOf(sk),
      position: Number(position),
      version: version as ConversationVersion,
      ...(typeof traceparent === 'string' && { traceparent }),
    })),
  };
}

/**
 * Appends up to 99 changes with the positions that follow `last`. Returns false, and writes nothing, if another replica has
 * appended changes since.
 */
export async function appendInboxChanges(
  dynamo: Dynamo,
  userId: string,
  last: number,
  changes: readonly InboxChange[],
): Promise<boolean> {
  const pk = inboxLogPartition(userId);
  const counter: Write = {
    Put: {
      TableName: dynamo.table,
      Item: { pk, sk: counterKey, position: last + changes.length },
      ConditionExpression: last === 0 ? 'attribute_not_exists(pk)' : '#position = :last',
      ...(last > 0 && {
        ExpressionAttributeNames: { '#position': 'position' },
        ExpressionAttributeValues: { ':last': last },
      }),
    },
  };
  const items = changes.map(({ conversationId, ...change }) => ({
    Put: { TableName: dynamo.table, Item: { pk, sk: `c#${conversationId}`, ...change } },
  }));
  return (await transact(dynamo, [counter, ...items])) === null;
}

/** The ids of all conversations of a user, in any order. */
export async function listConversationIds(dynamo: Dynamo, userId: string): Promise<string[]> {
  const items = await queryAll(dynamo, userPartition(userId), 'c#');
  return items.map(({ sk }) => conversationIdOf(sk));
}

/** The ids of the conversations that a user has left, in any order. */
export async function listLeftConversationIds(dynamo: Dynamo, userId: string): Promise<string[]> {
  const items = await queryAll(dynamo, leftPartition(userId), '');
  return items.map(({ sk }) => conversationIdOf(sk));
}

/** Reads a part of a partition consistently, about 5,000 items a request. */
async function queryAll({ documents, table }: Dynamo, pk: string, prefix: string): Promise<LogItem[]> {
  const items: LogItem[] = [];
  let startKey: Record<string, unknown> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await documents.query({
      TableName: table,
      KeyConditionExpression: prefix === '' ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)',
      ProjectionExpression: 'sk, #position, version, traceparent',
      ExpressionAttributeNames: { '#position': 'position' },
      ExpressionAttributeValues: { ':pk': pk, ...(prefix !== '' && { ':prefix': prefix }) },
      ConsistentRead: true,
      ExclusiveStartKey: startKey,
    });
    items.push(...(Items as LogItem[]));
    startKey = LastEvaluatedKey;
  } while (startKey);
  return items;
}

interface LogItem {
  sk: string;
  [attribute: string]: unknown;
}
