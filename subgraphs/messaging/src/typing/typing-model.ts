import { Authorize } from '@marquee/chassis/graphql/authorize';
import { Field, ID, ObjectType } from 'type-graphql';
import { User } from '../entity-stubs.js';

@Authorize('user')
@ObjectType({ description: 'A participant started or stopped typing. Typing events are never stored.' })
export class TypingEvent {
  @Field(() => ID, { description: 'The id of the conversation.' })
  conversationId!: string;

  @Field(() => User, {
    nullable: true,
    description: 'The participant; never the caller. Null only if the user cannot be loaded at the moment.',
  })
  user!: User;

  @Field(() => Boolean, { description: 'True when they started typing, false when they stopped.' })
  typing!: boolean;
}
