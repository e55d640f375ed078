import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser } from '@marquee/chassis/identity/caller';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { MessagingContext } from '../context.js';
import { publishChange, publishInboxChange } from '../topics.js';
import {
  AddParticipantsInput,
  AddParticipantsPayload,
  LeaveConversationInput,
  LeaveConversationPayload,
  StartConversationInput,
  StartConversationPayload,
} from './conversation-inputs.js';
import type { ConversationRow } from './conversation-row.js';
import { parseAddition, parseStart } from './conversation-rules.js';
import { mustBeGroup, mustParticipate, requireConversationId, withAdded } from './participant-rules.js';
import { startConversation } from './start-conversation.js';

@Resolver()
export class ConversationMutationResolver {
  @Authorize('user')
  @Mutation(() => StartConversationPayload, {
    description:
      'Starts a conversation, or returns the existing DIRECT conversation of two users; its `firstMessage` is then sent ' +
      'as the next message. Errors: UNAUTHENTICATED for a guest, FORBIDDEN for a machine client, BAD_USER_INPUT for ' +
      'invalid values or when no other user is named, RATE_LIMITED after 200 new conversations or 1000 added participants in ' +
      'a day.',
  })
  async startConversation(
    @Ctx() { caller, store, bus }: MessagingContext,
    @Arg('input', () => StartConversationInput, { description: 'The conversation to start.' })
    input: StartConversationInput,
  ): Promise<StartConversationPayload> {
    const user = requireUser(caller);
    return { conversation: await startConversation({ store, bus }, user, parseStart(input, user.id)) };
  }

  @Authorize('user')
  @Mutation(() => AddParticipantsPayload, {
    description:
      'Adds users to a GROUP; every participant may do this. New participants can read earlier messages, which are not ' +
      'unread for them; those who left before cannot, unless `shareHistory` is true. Errors: UNAUTHENTICATED for a guest, FORBIDDEN for a machine client, BAD_USER_INPUT for invalid ' +
      'ids, NOT_FOUND if the caller does not participate, CONFLICT for a DIRECT conversation or more than 50 participants, ' +
      'RATE_LIMITED after 1000 added participants in a day.',
  })
  async addParticipants(
    @Ctx() { caller, store, bus }: MessagingContext,
    @Arg('input', () => AddParticipantsInput, { description: 'The group and the users to add.' })
    { conversationId, shareHistory, ...input }: AddParticipantsInput,
  ): Promise<AddParticipantsPayload> {
    const user = requireUser(caller);
    const added = parseAddition(input);
    const add = (before: ConversationRow | null) => {
      const group = mustParticipate(user, before, conversationId);
      mustBeGroup(group);
      return withAdded(group, added);
    };
    const id = requireConversationId(conversationId);
    const conversation = await store.changeParticipants(user.id, id, add, { shareHistory });
    publishChange(bus, conversation);
    return { conversation };
  }

  @Authorize('user')
  @Mutation(() => LeaveConversationPayload, {
    description:
      'Removes the caller from a GROUP, which they can then no longer read. Their other devices receive it in ' +
      '`conversationUpdated` with `hasLeft`. Errors: UNAUTHENTICATED for a guest, ' +
      'FORBIDDEN for a machine client, NOT_FOUND if the caller does not participate, CONFLICT for a DIRECT conversation.',
  })
  async leaveConversation(
    @Ctx() { caller, store, bus }: MessagingContext,
    @Arg('input', () => LeaveConversationInput, { description: 'The group to leave.' })
    { conversationId }: LeaveConversationInput,
  ): Promise<LeaveConversationPayload> {
    const user = requireUser(caller);
    const conversation = await store.changeParticipants(user.id, requireConversationId(conversationId), (before) => {
      const group = mustParticipate(user, before, conversationId);
      mustBeGroup(group);
      return group.participants.filter((id) => id !== user.id);
    });
    publishChange(bus, conversation);
    publishInboxChange(bus, user.id, conversationId);
    return { conversationId };
  }
}
