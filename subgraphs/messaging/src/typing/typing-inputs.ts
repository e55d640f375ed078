import { Field, ID, InputType, ObjectType } from 'type-graphql';

@InputType({ description: 'Whether the caller is typing in a conversation.' })
export class SetTypingInput {
  @Field(() => ID, { description: 'The id of the conversation.' })
  conversationId!: string;

  @Field(() => Boolean, { description: 'True when the caller starts typing, false when they stop.' })
  typing!: boolean;
}

@ObjectType({ description: 'The result of `setTyping`.' })
export class SetTypingPayload {
  @Field(() => Boolean, { description: 'The value that was set.' })
  typing!: boolean;
}
