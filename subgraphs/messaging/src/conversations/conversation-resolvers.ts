import { For } from '@marquee/chassis/graphql/rights';
import { type Caller, requireUser } from '@marquee/chassis/identity/caller';
import { PageArgs, pageSize } from '@marquee/chassis/paging/connection';
import { decodeCursor, encodeCursor } from '@marquee/chassis/paging/cursor';
import { GraphQLDateTime } from 'graphql-scalars';
import { Arg, Args, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { validate } from 'uuid';
import { z } from 'zod';
import type { MessagingContext } from '../context.js';
import { Conversation, ConversationConnection, Job, User } from './conversation-model.js';
import { Message, MessageConnection, MessagePageArgs, ReadReceipt } from '../messages/message-model.js';
import { isParticipant, mustParticipate, requireConversationId } from './participant-rules.js';
import { sequenceRange } from '../messages/message-page.js';
import { messageKeys } from '../messages/message-store.js';
import { unreadOf } from '../read-receipts/read-receipt-store.js';
import type { ConversationRow, MessageRow } from './conversation-row.js';
import { messageConnection } from '../messages/message-connection.js';

const inboxCursor = z.tuple([z.string().max(100)]);

@Resolver(() => Conversation)
export class ConversationResolver {
  @For('user')
  @Query(() => ConversationConnection, { description: "The caller's conversations, the latest activity first." })
  async conversations(
    @Ctx() { caller, store, loaders }: MessagingContext,
    @Args(() => PageArgs) { first, after }: PageArgs,
  ): Promise<ConversationConnection> {
    const user = requireUser(caller);
    const size = pageSize(first);
    const below = after ? decodeCursor(after, inboxCursor)[0] : undefined;
    const places = await store.inbox(user.id, { limit: size + 1, below });
    const page = places
      .slice(0, size)
      .map(({ activity, conversationId }) => ({ cursor: encodeCursor([activity]), conversationId }));
    const heads = await loaders.conversation.loadMany(page.map(({ conversationId }) => conversationId));
    const edges = page.flatMap(({ cursor }, at) => {
      const node = heads[at] ?? null;
      if (node instanceof Error) throw node;
      return isParticipant(user.id, node) ? [{ cursor, node }] : [];
    });
    return { edges, pageInfo: { hasNextPage: places.length > size, endCursor: page.at(-1)?.cursor ?? null } };
  }

  @For('user')
  @Query(() => Conversation, { nullable: true })
  async conversation(
    @Ctx() { caller, loaders }: MessagingContext,
    @Arg('id', () => ID) id: string,
  ): Promise<ConversationRow> {
    const user = requireUser(caller);
    return mustParticipate(user, await loaders.conversation.load(requireConversationId(id)), id);
  }

  @For('user')
  @Query(() => Int, { description: "What is unread in all of the caller's conversations." })
  unreadTotal(@Ctx() { caller, store }: MessagingContext): Promise<number> {
    return store.unreadTotal(requireUser(caller).id);
  }

  @FieldResolver(() => ID)
  id(@Root() { conversationId }: ConversationRow): string {
    return conversationId;
  }

  @FieldResolver(() => [User], { description: 'Those who are in it now, in the order in which they came.' })
  participants(@Root() { participants }: ConversationRow): User[] {
    return participants.map((id) => ({ id }));
  }

  @FieldResolver(() => Job, { nullable: true, description: 'The job that it is about.' })
  job(@Root() { jobId }: ConversationRow): Job | null {
    return jobId === undefined ? null : { id: jobId };
  }

  @FieldResolver(() => GraphQLDateTime)
  createdAt(@Root() { createdAt }: ConversationRow): string {
    return createdAt;
  }

  @FieldResolver(() => GraphQLDateTime, { description: 'When the last message was sent; without one, when it began.' })
  lastActivityAt(@Root() { lastActivityAt }: ConversationRow): string {
    return lastActivityAt;
  }

  @FieldResolver(() => Message, { nullable: true })
  lastMessage(@Root() { lastMessage }: ConversationRow): MessageRow | null {
    return lastMessage ?? null;
  }

  @FieldResolver(() => Int, { description: 'Messages of others that the caller has not marked as read.' })
  async unreadCount(
    @Root() { conversationId, lastSequence, sent }: ConversationRow,
    @Ctx() { caller, loaders }: MessagingContext,
  ): Promise<number> {
    const { id } = requireUser(caller);
    const reads = await loaders.reads.load(conversationId);
    return unreadOf(lastSequence, sent[id] ?? 0, reads?.marks[id]);
  }

  @FieldResolver(() => [ReadReceipt], { description: 'Of the participants who have marked something as read.' })
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

  @FieldResolver(() => MessageConnection)
  async messages(
    @Root() { conversationId, lastSequence }: ConversationRow,
    @Args(() => MessagePageArgs) args: MessagePageArgs,
    @Ctx() { loaders }: MessagingContext,
  ): Promise<MessageConnection> {
    const { from, to } = sequenceRange(args, lastSequence);
    const rows = await Promise.all(messageKeys(conversationId, from, to).map((place) => loaders.message.load(place)));
    return messageConnection(rows, lastSequence);
  }
}

/** Loads a conversation that another service refers to; null for who is no participant. */
export async function conversationReference(
  { id }: { id: string },
  context: MessagingContext,
): Promise<ConversationRow | null> {
  const head = validate(id) ? await context.loaders.conversation.load(id) : null;
  return seenBy(context.caller, head) ? head : null;
}

function seenBy(caller: Caller, head: ConversationRow | null): boolean {
  return caller.kind === 'user' && isParticipant(caller.id, head);
}
