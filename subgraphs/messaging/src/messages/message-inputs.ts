import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { Message } from './message-model.js';
import type { ShownMessage } from './message-row.js';

@InputType({ description: 'The message to send.' })
export class SendMessageInput {
  @Field(() => ID, { description: 'The id of the conversation.' })
  conversationId!: string;

  @Field(() => String, { description: 'The text of the message: 1 to 1024 characters.' })
  body!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'An idempotency key that the client chooses: 1 to 100 visible ASCII characters. Sending again with the same key ' +
      'within 24 hours stores nothing and returns the first message, so a retry after a lost response is safe.',
  })
  clientMessageId?: string | null;
}

@ObjectType({ description: 'The result of `sendMessage`.' })
export class SendMessagePayload {
  @Field(() => Message, { description: 'The stored message; for a repeated `clientMessageId`, the first one.' })
  message!: ShownMessage;
}
