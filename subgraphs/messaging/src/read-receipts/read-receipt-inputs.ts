import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { Conversation } from '../conversations/conversation-model.js';
import type { ConversationRow } from '../conversations/conversation-row.js';

@InputType({ description: 'How far the caller has read a conversation.' })
export class MarkReadInput {
  @Field(() => ID, { description: 'The id of the conversation.' })
  conversationId!: string;

  @Field(() => Int, {
    description:
      'The sequence of the last message that was read. A mark never moves back: an earlier sequence than before ' +
      'changes nothing.',
  })
  sequence!: number;
}

@ObjectType({ description: 'The result of `markRead`.' })
export class MarkReadPayload {
  @Field(() => Conversation, { description: 'The conversation with its new `unreadCount` and `readReceipts`.' })
  conversation!: ConversationRow;
}
