import { Field, ID, InputType, ObjectType } from 'type-graphql';

@InputType({ description: 'Whether the caller is typing in a conversation.' })
export class SetTypingInput {
  @Field(() => ID, { description: 'The id of the conversation.' })
  conversationId!: string;

  @Field(() => Boolean, {
    description:
      'True when the caller starts typing, and again every few seconds while they type; false when they stop. It ends ' +
      'by itself after 5 seconds, and at once when they send a message. Sent over a WebSocket, it also ends at once when ' +
      'that socket closes, but not when another device of the caller disconnects. Sent over HTTP, it also ends at once ' +
      'when the last subscription of the caller to the messages or the typing events of the conversation ends.',
  })
  typing!: boolean;
}

@ObjectType({ description: 'The result of `setTyping`.' })
export class SetTypingPayload {
  @Field(() => Boolean, { description: 'The value that was set.' })
  typing!: boolean;
}
