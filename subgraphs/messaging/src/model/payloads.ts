import { Field, ID, ObjectType } from 'type-graphql';
import type { HeadRow, MessageRow } from '../store/rows.js';
import { Conversation } from './conversation.js';
import { Message } from './message.js';

@ObjectType()
export class StartConversationPayload {
  @Field(() => Conversation, { description: 'The one that the two had already, if it is DIRECT and they had one.' })
  conversation!: HeadRow;
}

@ObjectType()
export class SendMessagePayload {
  @Field(() => Message)
  message!: MessageRow;
}

@ObjectType()
export class MarkReadPayload {
  @Field(() => Conversation)
  conversation!: HeadRow;
}

@ObjectType()
export class AddParticipantsPayload {
  @Field(() => Conversation)
  conversation!: HeadRow;
}

@ObjectType()
export class LeaveConversationPayload {
  @Field(() => ID)
  conversationId!: string;
}

@ObjectType()
export class SetTypingPayload {
  @Field(() => Boolean)
  typing!: boolean;
}
