import { For } from '@marquee/chassis/graphql/rights';
import { requireUser } from '@marquee/chassis/identity/caller';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { MessagingContext } from '../context.js';
import { tellChange, tellInbox } from '../live/topics.js';
import { tellTyping } from '../live/typing.js';
import {
  AddParticipantsInput,
  LeaveConversationInput,
  MarkReadInput,
  SendMessageInput,
  SetTypingInput,
  StartConversationInput,
} from '../model/inputs.js';
import {
  AddParticipantsPayload,
  LeaveConversationPayload,
  MarkReadPayload,
  SendMessagePayload,
  SetTypingPayload,
  StartConversationPayload,
} from '../model/payloads.js';
import { conversationNotFound, mustBeGroup, mustParticipate, possibleId } from '../rules/access.js';
import { additionOf, beginningOf, messageOf, mustBeSent, withAdded } from '../rules/inputs.js';
import { begin } from './beginning.js';

@Resolver()
export class WritingResolver {
  @For('user')
  @Mutation(() => StartConversationPayload)
  async startConversation(
    @Ctx() { caller, store, bus }: MessagingContext,
    @Arg('input', () => StartConversationInput) input: StartConversationInput,
  ): Promise<StartConversationPayload> {
    const user = requireUser(caller);
    return { conversation: await begin({ store, bus }, user, beginningOf(input, user.id)) };
  }

  @For('user')
  @Mutation(() => SendMessagePayload)
  async sendMessage(
    @Ctx() { caller, store, loaders }: MessagingContext,
    @Arg('input', () => SendMessageInput) { conversationId, ...input }: SendMessageInput,
  ): Promise<SendMessagePayload> {
    const { id } = requireUser(caller);
    const message = await store.send({ conversationId: possibleId(conversationId), senderId: id, ...messageOf(input) });
    if (!message) throw conversationNotFound(conversationId);
    loaders.head.clear(conversationId);
    return { message };
  }

  @For('user')
  @Mutation(() => MarkReadPayload, { description: 'Notes how far the caller has read.' })
  async markRead(
    @Ctx() { caller, store, bus, loaders }: MessagingContext,
    @Arg('input', () => MarkReadInput) { conversationId, sequence }: MarkReadInput,
  ): Promise<MarkReadPayload> {
    const user = requireUser(caller);
    const { head, at } = await store.marking(possibleId(conversationId), sequence);
    const conversation = mustParticipate(user, head, conversationId);
    mustBeSent(sequence, conversation);
    if (at && (await store.mark(user.id, at)))
      for (const userId of conversation.participants) tellInbox(bus, userId, conversationId);
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
    const added = additionOf(input);
    const { head } = await store.changeMembers(possibleId(conversationId), (was) => {
      const conversation = mustParticipate(user, was, conversationId);
      mustBeGroup(conversation);
      return withAdded(conversation, added);
    });
    tellChange(bus, head);
    return { conversation: head };
  }

  @For('user')
  @Mutation(() => LeaveConversationPayload)
  async leaveConversation(
    @Ctx() { caller, store, bus }: MessagingContext,
    @Arg('input', () => LeaveConversationInput) { conversationId }: LeaveConversationInput,
  ): Promise<LeaveConversationPayload> {
    const user = requireUser(caller);
    const { head } = await store.changeMembers(possibleId(conversationId), (was) => {
      const conversation = mustParticipate(user, was, conversationId);
      mustBeGroup(conversation);
      return conversation.participants.filter((id) => id !== user.id);
    });
    tellChange(bus, head);
    return { conversationId };
  }

  @For('user')
  @Mutation(() => SetTypingPayload, { description: 'Tells the others that the caller types, or does so no longer.' })
  async setTyping(
    @Ctx() { caller, bus, store }: MessagingContext,
    @Arg('input', () => SetTypingInput) { conversationId, typing }: SetTypingInput,
  ): Promise<SetTypingPayload> {
    const user = requireUser(caller);
    mustParticipate(user, await store.head(possibleId(conversationId)), conversationId);
    tellTyping(bus, conversationId, user.id, typing);
    return { typing };
  }
}
