import type { TableDefinition } from '@marquee/chassis/dynamodb/open-table';

/**
 * Everything that belongs to a conversation is in its partition, everything that belongs to a single user in theirs.
 *
 * | pk          | sk                       | item                                                                       |
 * | ----------- | ------------------------ | -------------------------------------------------------------------------- |
 * | c#id        | head                     | the conversation: participants, last sequence, last message, sent per user |
 * | c#id        | reads                    | the read marks of its participants, and how often they have moved          |
 * | c#id        | m#sequence (10 digits)   | a message                                                                  |
 * | c#id        | k#sender#clientMessageId | an idempotency key and the sequence of its message (message-retention.ts)  |
 * | c#id        | l#user                   | a user who has left it                                                     |
 * | u#user      | c#id                     | the conversation in the user's inbox: activity, last sequence, own sent    |
 * | u#user      | r#id                     | the user's read mark                                                       |
 * | l#user      | last                     | the position of the latest change in the user's inbox (inbox-log-store.ts) |
 * | l#user      | c#id                     | the position of the conversation's latest change, and its version then     |
 * | u#user      | q#action                 | until when the user has used their quota of an action                      |
 * | w#user      | c#id                     | a conversation that the user has left                                      |
 * | d#user#user | direct                   | the DIRECT conversation of two users, the smaller id first                 |
 * | e#event     | applied                  | a domain event that was applied                                            |
 * | outbox#n    | time#id#sequence         | the events of a transaction that are not published yet                     |
 * | published#n | time#id#sequence         | the events of a transaction that are published                             |
 * | confirmed#n | time#id#sequence         | the consumers that have applied them; only with an emulator                |
 * | outbox      | lease                    | the replica that publishes events                                          |
 * | departures  | progress, lease          | the scan for departures that earlier builds did not record by user         |
 * | x#user      | erased                   | a user who has deleted their account                                       |
 *
 * `gsi_inbox` sorts a user's conversations by `activity`, which is `lastActivityAt` followed by the id.
 * `gsi_message` finds a message by its id, for references from other services.
 *
 * Sequences have no gaps. A page of messages is therefore a set of keys, and pages of several conversations are read in
 * one batch. The unread count is arithmetic: the messages after the read mark, minus those that the user sent after it.
 * To make that possible, the conversation counts the messages that each user has sent, and every message stores these
 * counts as of its own send.
 *
 * Read marks and messages are written to different items, so that readers and senders never conflict.
 */
export const tableDefinition: TableDefinition = {
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: ['pk', 'sk', 'inboxOf', 'activity', 'messageId'].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S',
  })),
  GlobalSecondaryIndexes: [
    {
      IndexName: 'gsi_inbox',
      KeySchema: [
        { AttributeName: 'inboxOf', KeyType: 'HASH' },
        { AttributeName: 'activity', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
    {
      IndexName: 'gsi_message',
      KeySchema: [{ AttributeName: 'messageId', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
};
