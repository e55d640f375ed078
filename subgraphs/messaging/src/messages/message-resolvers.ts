import { notFound } from '@marquee/chassis/errors/errors';
import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser } from '@marquee/chassis/identity/caller';
import { GraphQLDateTime } from 'graphql-scalars';
import { Arg, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';
import type { MessagingContext } from '../context.js';
import { visibleConversation } from '../conversations/conversation-access.js';
import { Conversation } from '../conversations/conversation-model.js';
import type { ConversationRow } from '../conversations/conversation-row.js';
import { conversationNotFound, requireConversationId } from '../conversations/participant-rules.js';
import { User } from '../entity-stubs.js';
import { publishTypingEnd } from '../topics.js';
import { SendMessageInput, SendMessagePayload } from './message-inputs.js';
import { Message } from './message-model.js';
import type { ShownMessage } from './message-row.js';
import { parseMessage } from './message-rules.js';

@Resolver(() => Message)
export class MessageResolver {
  @Authorize('user')
  @Mutation(() => SendMessagePayload, {
    description:
      'Sends a message to all participants of a conversation. Errors: UNAUTHENTICATED for a guest, FORBIDDEN for a ' +
      'machine client, BAD_USER_INPUT for an invalid body or `clientMessageId`, NOT_FOUND if the caller does not ' +
      'participate in the conversation.',
  })
  async sendMessage(
    @Ctx() { caller, store, loaders, bus }: MessagingContext,
    @Arg('input', () => SendMessageInput, { description: 'The message to send.' })
    { conversationId, ...input }: SendMessageInput,
  ): Promise<SendMessagePayload> {
    const { id: senderId } = requireUser(caller);
    const draft = { conversationId: requireConversationId(conversationId), senderId, ...parseMessage(input) };
    const message = await store.sendMessage(draft);
    if (!message) throw conversationNotFound(conversationId);
    loaders.conversation.clear(conversationId);
    publishTypingEnd(bus, conversationId, senderId);
    return { message };
  }

  @FieldResolver(() => ID, { description: 'The id of the message.' })
  id(@Root() { messageId }: ShownMessage): string {
    return messageId;
  }

  @FieldResolver(() => Conversation, { description: 'The conversation that the message belongs to.' })
  async conversation(
    @Root() { conversationId }: ShownMessage,
    @Ctx() context: MessagingContext,
  ): Promise<ConversationRow> {
    const conversation = await visibleConversation(context, conversationId);
    if (!conversation) throw notFound('conversation', conversationId);
    return conversation;
  }

  @FieldResolver(() => User, {
    nullable: true,
    description:
      'The user who sent the message; they may have left since. Null only if the user cannot be loaded at the moment.',
  })
  sender(@Root() { senderId }: ShownMessage): User {
    return { id: senderId };
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'The `clientMessageId` with which the caller sent the message, by which a client recognises a message that it shows ' +
      'already: `messageAdded` may deliver it before `sendMessage` responds. Null if there was none, and for everyone but ' +
      'the sender.',
  })
  clientMessageId(@Root() message: ShownMessage, @Ctx() { caller }: MessagingContext): string | null {
    return message.senderId === requireUser(caller).id ? (message.clientMessageId ?? null) : null;
  }

  @FieldResolver(() => GraphQLDateTime, { description: 'When the message was sent. Never decreases with `sequence`.' })
  sentAt(@Root() { sentAt }: ShownMessage): string {
    return sentAt;
  }
}
