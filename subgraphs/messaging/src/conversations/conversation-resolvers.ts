import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser } from '@marquee/chassis/identity/caller';
import { GraphQLDateTime } from 'graphql-scalars';
import { PageArgs } from '@marquee/chassis/paging/relay-connection';
import { Arg, Args, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import type { MessagingContext } from '../context.js';
import { Job, User } from '../entity-stubs.js';
import { unreadCount } from '../inbox/unread-store.js';
import { Message, MessageConnection } from '../messages/message-model.js';
import { messageConnection, sequenceRange } from '../messages/message-page.js';
import type { ShownMessage } from '../messages/message-row.js';
import { messageKeys } from '../messages/message-store.js';
import { ReadReceipt } from '../read-receipts/read-receipt-model.js';
import { Conversation } from './conversation-model.js';
import type { ConversationRow } from './conversation-row.js';
import { hiddenUpTo, mustParticipate, requireConversationId } from './participant-rules.js';

@Resolver(() => Conversation)
export class ConversationResolver {
  @Authorize('user')
  @Query(() => Conversation, {
    nullable: true,
    description:
      'A conversation of the caller. NOT_FOUND if it does not exist or the caller does not participate in it.',
  })
  async conversation(
    @Ctx() { caller, loaders }: MessagingContext,
    @Arg('id', () => ID, { description: 'The id of the conversation.' }) id: string,
  ): Promise<ConversationRow> {
    const user = requireUser(caller);
    return mustParticipate(user, await loaders.conversation.load(requireConversationId(id)), id);
  }

  @FieldResolver(() => ID, { description: 'The id of the conversation.' })
  id(@Root() { conversationId }: ConversationRow): string {
    return conversationId;
  }

  @FieldResolver(() => [User], {
    nullable: 'items',
    description:
      'The current participants, in the order in which they joined. An entry is null only if the user cannot be loaded ' +
      'at the moment.',
  })
  participants(@Root() { participants }: ConversationRow): User[] {
    return participants.map((id) => ({ id }));
  }

  @FieldResolver(() => Job, {
    nullable: true,
    description:
      'The job that the conversation is about. Null if it is about none, or if there is no such job that the caller may see.',
  })
  job(@Root() { jobId }: ConversationRow): Job | null {
    return jobId === undefined ? null : { id: jobId };
  }

  @FieldResolver(() => Boolean, {
    description:
      'True only in events of `conversationUpdated`, once the caller has left the group, on any of their devices: they can ' +
      'no longer read it, and its lists are empty.',
  })
  hasLeft(@Root() { hasLeft = false }: ConversationRow & { hasLeft?: boolean }): boolean {
    return hasLeft;
  }

  @FieldResolver(() => GraphQLDateTime, { description: 'When the conversation was started.' })
  createdAt(@Root() { createdAt }: ConversationRow): string {
    return createdAt;
  }

  @FieldResolver(() => GraphQLDateTime, {
    description: 'When the last message was sent, or when the conversation was started if it has no message.',
  })
  lastActivityAt(@Root() { lastActivityAt }: ConversationRow): string {
    return lastActivityAt;
  }

  @FieldResolver(() => Message, {
    nullable: true,
    description: 'The latest message. Null if no message was sent yet, or none since the caller was added again.',
  })
  lastMessage(@Root() conversation: ConversationRow, @Ctx() { caller }: MessagingContext): ShownMessage | null {
    const { lastMessage } = conversation;
    return lastMessage && lastMessage.sequence > hiddenUpTo(requireUser(caller).id, conversation) ? lastMessage : null;
  }

  @FieldResolver(() => Int, {
    description: 'The number of messages from other participants that the caller has not marked as read.',
  })
  async unreadCount(
    @Root() { conversationId, lastSequence, sent }: ConversationRow,
    @Ctx() { caller, loaders }: MessagingContext,
  ): Promise<number> {
    const { id } = requireUser(caller);
    const reads = await loaders.reads.load(conversationId);
    return unreadCount(lastSequence, sent[id] ?? 0, reads?.marks[id]);
  }

  @FieldResolver(() => [ReadReceipt], {
    description: 'How far each participant has read. Participants who have never marked a message as read are omitted.',
  })
  async readReceipts(
    @Root() { conversationId, participants }: ConversationRow,
    @Ctx() { loaders }: MessagingContext,
  ): Promise<ReadReceipt[]> {
    const marks = (await loaders.reads.load(conversationId))?.marks ?? {};
    return participants.flatMap((id) => {
      const { upTo = 0, readAt } = marks[id] ?? {};
      return readAt === undefined ? [] : [{ user: { id }, sequence: upTo, readAt }];
    });
  }

  @FieldResolver(() => MessageConnection, {
    description:
      'The messages of the conversation, in ascending sequence. Pages forward with `first`, backward with `last`. They ' +
      'begin after sequence 1 for a caller who cannot read the earlier ones: see `addParticipants`.',
  })
  async messages(
    @Root() conversation: ConversationRow,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { caller, loaders }: MessagingContext,
  ): Promise<MessageConnection> {
    const { conversationId, lastSequence } = conversation;
    const visible = { from: hiddenUpTo(requireUser(caller).id, conversation) + 1, to: lastSequence };
    const { from, to } = sequenceRange(args, visible);
    const rows = await Promise.all(messageKeys(conversationId, from, to).map((key) => loaders.message.load(key)));
    return messageConnection(rows, visible);
  }
}
