import { Field, ID, InputType, Int } from 'type-graphql';

@InputType()
export class StartConversationInput {
  @Field(() => [ID], { description: 'The others: 1 to 49. One of them, without a title, makes it DIRECT.' })
  participantIds!: string[];

  @Field(() => String, { nullable: true, description: '1 to 100 characters; makes it a GROUP.' })
  title?: string | null;

  @Field(() => ID, { nullable: true, description: 'The job that it is about.' })
  jobId?: string | null;

  @Field(() => String, { nullable: true, description: 'Sent at once: 1 to 1024 characters.' })
  firstMessage?: string | null;
}

@InputType()
export class SendMessageInput {
  @Field(() => ID)
  conversationId!: string;

  @Field(() => String, { description: '1 to 1024 characters.' })
  body!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Your own name for it: sent again within 24 hours it answers with the message of the first time.',
  })
  clientMessageId?: string | null;
}

@InputType()
export class MarkReadInput {
  @Field(() => ID)
  conversationId!: string;

  @Field(() => Int, { description: 'The last message that was read. An earlier one than before changes nothing.' })
  sequence!: number;
}

@InputType()
export class AddParticipantsInput {
  @Field(() => ID)
  conversationId!: string;

  @Field(() => [ID])
  participantIds!: string[];
}

@InputType()
export class LeaveConversationInput {
  @Field(() => ID)
  conversationId!: string;
}

@InputType()
export class SetTypingInput {
  @Field(() => ID)
  conversationId!: string;

  @Field(() => Boolean)
  typing!: boolean;
}
