import { For } from '@marquee/chassis/graphql/rights';
import type { Edge } from '@marquee/chassis/paging/connection';
import { ArgsType, Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import type { MessageRow } from '../conversations/conversation-row.js';
import { User } from '../conversations/conversation-model.js';

@Directive('@key(fields: "id")')
@For('user')
@ObjectType()
export class Message {
  @Field(() => String)
  body!: string;

  @Field(() => Int, { description: 'From 1, without holes: who holds n and sees n+2 knows that one is missing.' })
  sequence!: number;
}

@ArgsType()
export class MessagePageArgs {
  @Field(() => Int, { nullable: true, description: 'Forwards: so many after `after`. 20 when nothing else is said.' })
  first?: number | null;

  @Field(() => String, { nullable: true })
  after?: string | null;

  @Field(() => Int, { nullable: true, description: 'Backwards: the last so many before `before`.' })
  last?: number | null;

  @Field(() => String, { nullable: true })
  before?: string | null;
}

@ObjectType()
export class MessageEdge {
  @Field(() => String)
  cursor!: string;

  @Field(() => Message)
  node!: MessageRow;
}

@ObjectType()
export class MessagePageInfo {
  @Field(() => Boolean)
  hasNextPage!: boolean;

  @Field(() => Boolean)
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true })
  startCursor!: string | null;

  @Field(() => String, { nullable: true })
  endCursor!: string | null;
}

@ObjectType({ description: 'In the order of their sequences, in whichever direction they are paged.' })
export class MessageConnection {
  @Field(() => [MessageEdge])
  edges!: Edge<MessageRow>[];

  @Field(() => MessagePageInfo)
  pageInfo!: MessagePageInfo;
}

@For('user')
@ObjectType({ description: 'How far a participant has read.' })
export class ReadReceipt {
  @Field(() => User)
  user!: User;

  @Field(() => Int)
  sequence!: number;

  readAt!: string;
}

@For('user')
@ObjectType({ description: 'Somebody began to type, or stopped. It is kept nowhere.' })
export class TypingEvent {
  @Field(() => ID)
  conversationId!: string;

  @Field(() => User)
  user!: User;

  @Field(() => Boolean)
  typing!: boolean;
}
