import { notFound } from '@marquee/chassis/errors/errors';
import { GraphQLDateTime } from 'graphql-scalars';
import { Ctx, FieldResolver, ID, Resolver, Root } from 'type-graphql';
import { validate } from 'uuid';
import type { MessagingContext } from '../context.js';
import { Conversation, User } from '../conversations/conversation-model.js';
import { Message, ReadReceipt } from './message-model.js';
import type { ConversationRow, MessageRow } from '../conversations/conversation-row.js';
import { conversationReference } from '../conversations/conversation-resolvers.js';

@Resolver(() => Message)
export class MessageResolver {
  @FieldResolver(() => ID)
  id(@Root() { messageId }: MessageRow): string {
    return messageId;
  }

  @FieldResolver(() => Conversation)
  async conversation(
    @Root() { conversationId }: MessageRow,
    @Ctx() context: MessagingContext,
  ): Promise<ConversationRow> {
    const head = await conversationReference({ id: conversationId }, context);
    if (!head) throw notFound('conversation', conversationId);
    return head;
  }

  @FieldResolver(() => User)
  sender(@Root() { senderId }: MessageRow): User {
    return { id: senderId };
  }

  @FieldResolver(() => GraphQLDateTime)
  sentAt(@Root() { sentAt }: MessageRow): string {
    return sentAt;
  }
}

@Resolver(() => ReadReceipt)
export class ReadReceiptResolver {
  @FieldResolver(() => GraphQLDateTime)
  readAt(@Root() { readAt }: ReadReceipt): string {
    return readAt;
  }
}

/** Loads a message that another service refers to; null for who is no participant. */
export async function messageReference({ id }: { id: string }, context: MessagingContext): Promise<MessageRow | null> {
  const place = validate(id) ? await context.store.messageKey(id) : null;
  if (!place || !(await conversationReference({ id: place.conversationId }, context))) return null;
  return context.loaders.message.load(place);
}
