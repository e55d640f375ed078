import { For } from '@marquee/chassis/graphql/rights';
import { requireUser } from '@marquee/chassis/identity/caller';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { MessagingContext } from '../context.js';
import { publishChange, publishInboxChange } from '../topics.js';
import { publishTyping } from '../typing/typing-stream.js';
import {
  AddParticipantsInput,
  LeaveConversationInput,
  MarkReadInput,
  SendMessageInput,
  SetTypingInput,
  StartConversationInput,
} from './conversation-inputs.js';
import {
  AddParticipantsPayload,
  LeaveConversationPayload,
  MarkReadPayload,
  SendMessagePayload,
  SetTypingPayload,
  StartConversationPayload,
} from '../messages/message-inputs.js';
import { conversationNotFound, mustBeGroup, mustParticipate, requireConversationId } from './participant-rules.js';
import { parseAddition, parseStart, parseMessage, mustBeSentSequence, withAdded } from './conversation-rules.js';
import { startConversation } from './start-conversation.js';

@Resolver()
export class WritingResolver {
  @For('user')
  @Mutation(() => StartConversationPayload)
  async startConversation(
    @Ctx() { caller, store, bus }: MessagingContext,
    @Arg('input', () => StartConversationInput) input: StartConversationInput,
  ): Promise<StartConversationPayload> {
    const user = requireUser(caller);
    return { conversation: await startConversation({ store, bus }, user, parseStart(input, user.id)) };
  }

  @For('user')
  @Mutation(() => SendMessagePayload)
  async sendMessage(
    @Ctx() { caller, store, loaders }: MessagingContext,
    @Arg('input', () => SendMessageInput) { conversationId, ...input }: SendMessageInput,
  ): Promise<SendMessagePayload> {
    const { id } = requireUser(caller);
    const message = await store.sendMessage({
      conversationId: requireConversationId(conversationId),
      senderId: id,
      ...parseMessage(input),
    });
    if (!message) throw conversationNotFound(conversationId);
    loaders.conversation.clear(conversationId);
    return { message };
  }

  @For('user')
  @Mutation(() => MarkReadPayload, { description: 'Notes how far the caller has read.' })
  async markRead(
    @Ctx() { caller, store, bus, loaders }: MessagingContext,
    @Arg('input', () => MarkReadInput) { conversationId, sequence }: MarkReadInput,
  ): Promise<MarkReadPayload> {
    const user = requireUser(caller);
    const { head, at } = await store.markTarget(requireConversationId(conversationId), sequence);
    const conversation = mustParticipate(user, head, conversationId);
    mustBeSentSequence(sequence, conversation);
    if (at && (await store.moveReadMark(user.id, at)))
      for (const userId of conversation.participants) publishInboxChange(bus, userId, conversationId);
    loaders.reads.clear(conversationId);
    return { conversation };
  }

  @For('user')
  @Mutation(() => AddParticipantsPayload, { description: 'Every participant of a GROUP may add others.' })
  async addParticipants(
    @Ctx() { caller, store, bus }: MessagingContext,
    @Arg('input', () => AddParticipantsInput) { conversationId, ...input }: AddParticipantsInput,
  ): Promise<AddParticipantsPayload> {
    const user = requireUser(caller);
    const added = parseAddition(input);
    const { head } = await store.changeParticipants(requireConversationId(conversationId), (was) => {
      const conversation = mustParticipate(user, was, conversationId);
      mustBeGroup(conversation);
      return withAdded(conversation, added);
    });
    publishChange(bus, head);
    return { conversation: head };
  }

  @For('user')
  @Mutation(() => LeaveConversationPayload)
  async leaveConversation(
    @Ctx() { caller, store, bus }: MessagingContext,
    @Arg('input', () => LeaveConversationInput) { conversationId }: LeaveConversationInput,
  ): Promise<LeaveConversationPayload> {
    const user = requireUser(caller);
    const { head } = await store.changeParticipants(requireConversationId(conversationId), (was) => {
      const conversation = mustParticipate(user, was, conversationId);
      mustBeGroup(conversation);
      return conversation.participants.filter((id) => id !== user.id);
    });
    publishChange(bus, head);
    return { conversationId };
  }

  @For('user')
  @Mutation(() => SetTypingPayload, { description: 'Tells the others that the caller types, or does so no longer.' })
  async setTyping(
    @Ctx() { caller, bus, store }: MessagingContext,
    @Arg('input', () => SetTypingInput) { conversationId, typing }: SetTypingInput,
  ): Promise<SetTypingPayload> {
    const user = requireUser(caller);
    mustParticipate(user, await store.conversation(requireConversationId(conversationId)), conversationId);
    publishTyping(bus, conversationId, user.id, typing);
    return { typing };
  }
}
