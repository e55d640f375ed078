import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { Conversation } from './conversation-model.js';
import type { ConversationRow } from './conversation-row.js';

@InputType({ description: 'The conversation to start.' })
export class StartConversationInput {
  @Field(() => [ID], {
    description:
      'The ids of the other participants: 1 to 49. One id without a title starts a DIRECT conversation, anything else a GROUP.',
  })
  participantIds!: string[];

  @Field(() => String, {
    nullable: true,
    description: 'The name of the group: 1 to 100 characters. A conversation with a title is always a GROUP.',
  })
  title?: string | null;

  @Field(() => ID, { nullable: true, description: 'The id of the job that the conversation is about.' })
  jobId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'A message to send at the same time: 1 to 1024 characters.',
  })
  firstMessage?: string | null;
}

@ObjectType({ description: 'The result of `startConversation`.' })
export class StartConversationPayload {
  @Field(() => Conversation, {
    description: 'The new conversation, or the DIRECT conversation that the two users already had.',
  })
  conversation!: ConversationRow;
}

@InputType({ description: 'The users to add to a group.' })
export class AddParticipantsInput {
  @Field(() => ID, { description: 'The id of the group.' })
  conversationId!: string;

  @Field(() => [ID], {
    description: 'The ids of the users to add: 1 to 49. Users who already participate are ignored.',
  })
  participantIds!: string[];

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether the added users can read the messages that were sent before. Without it, users who join for the first time ' +
      'can, and users who left the group before can only read the messages that are sent from now on.',
  })
  shareHistory?: boolean | null;
}

@ObjectType({ description: 'The result of `addParticipants`.' })
export class AddParticipantsPayload {
  @Field(() => Conversation, { description: 'The group with its new participants.' })
  conversation!: ConversationRow;
}

@InputType({ description: 'The group to leave.' })
export class LeaveConversationInput {
  @Field(() => ID, { description: 'The id of the group.' })
  conversationId!: string;
}

@ObjectType({ description: 'The result of `leaveConversation`.' })
export class LeaveConversationPayload {
  @Field(() => ID, { description: 'The id of the group that the caller has left and can no longer read.' })
  conversationId!: string;
}
