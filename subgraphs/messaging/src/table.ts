import type { TableDefinition } from '@marquee/chassis/dynamodb/open';

/**
 * Everything that belongs to a conversation is in its partition, everything that only one user needs is in theirs.
 *
 * | pk           | sk                        | what                                                                       |
 * | ------------ | ------------------------- | -------------------------------------------------------------------------- |
 * | c#id         | head                      | the conversation: participants, last sequence, last message, sent per user |
 * | c#id         | reads                     | how far each participant has read                                          |
 * | c#id         | m#sequence (10 digits)    | a message                                                                  |
 * | c#id         | k#sender#clientMessageId  | the sequence that a send was given; `expiresAt` (TTL) after 24 hours       |
 * | u#user       | c#id                      | the conversation in the user's inbox: activity, last sequence, own sent    |
 * | u#user       | r#id                      | how far the user has read it                                               |
 * | d#user#user  | direct                    | the one DIRECT conversation of two users, the smaller id first             |
 *
 * `gsi_inbox` orders a user's conversations by `activity`, which is `lastActivityAt` with the id behind it.
 * `gsi_message` finds a message by its id, for other services.
 *
 * Sequences have no holes, so a page of messages is a set of keys, and pages of many conversations are read together.
 * Unread is arithmetic: what came after the mark, less what the user sent after it. For that the head counts what each
 * user has sent, and every message carries these counts as they were when it was sent.
 *
 * Reading marks and sends write different items: who reads is never in the way of who writes.
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
