import { ConversationMutationResolver } from './conversations/conversation-mutation-resolvers.js';
import { ConversationResolver } from './conversations/conversation-resolvers.js';
import { UserResolver } from './conversations/user-resolvers.js';
import { ExportResolver } from './exports/export-resolvers.js';
import { InboxResolver } from './inbox/inbox-resolvers.js';
import { UnreadResolver } from './inbox/unread-resolvers.js';
import { MessageResolver } from './messages/message-resolvers.js';
import { MessageSubscriptionResolver } from './messages/message-subscription-resolvers.js';
import { ReadReceiptResolver } from './read-receipts/read-receipt-resolvers.js';
import { TypingResolver } from './typing/typing-resolvers.js';

/** Every resolver of the service, by noun. */
export const resolvers: [new () => object, ...(new () => object)[]] = [
  InboxResolver,
  UnreadResolver,
  ConversationResolver,
  ConversationMutationResolver,
  UserResolver,
  MessageResolver,
  MessageSubscriptionResolver,
  ReadReceiptResolver,
  TypingResolver,
  ExportResolver,
];
