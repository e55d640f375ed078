import { Field, ID, ObjectType } from 'type-graphql';
import type { ConversationRow, MessageRow } from '../conversations/conversation-row.js';
import { Conversation } from '../conversations/conversation-model.js';
import { Message } from './message-model.js';

@ObjectType()
export class StartConversationPayload {
  @Field(() => Conversation, { description: 'The one that the two had already, if it is DIRECT and they had one.' })
  conversation!: ConversationRow;
}

@ObjectType()
export class SendMessagePayload {
  @Field(() => Message)
  message!: MessageRow;
}

@ObjectType()
export class MarkReadPayload {
  @Field(() => Conversation)
  conversation!: ConversationRow;
}

@ObjectType()
export class AddParticipantsPayload {
  @Field(() => Conversation)
  conversation!: ConversationRow;
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
