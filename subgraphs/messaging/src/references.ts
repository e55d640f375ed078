import type { ReferenceResolver } from '@marquee/chassis/graphql/subgraph-schema';
import type { MessagingContext } from './context.js';
import { visibleConversation } from './conversations/conversation-access.js';
import { visibleMessage } from './messages/message-access.js';

/** The entities that other services reference by key. */
export const references: Readonly<Record<string, ReferenceResolver<MessagingContext>>> = {
  Conversation: ({ id }: { id: string }, context) => visibleConversation(context, id),
  Message: ({ id }: { id: string }, context) => visibleMessage(context, id),
  DataExport: ({ id }: { id: string }) => ({ id }),
  User: ({ id }: { id: string }) => ({ id }),
};
