import { Authorize } from '@marquee/chassis/graphql/authorize';
import { Field, Int, ObjectType } from 'type-graphql';
import { User } from '../entity-stubs.js';

@Authorize('user')
@ObjectType({ description: 'How far one participant has read a conversation. Visible to all of its participants.' })
export class ReadReceipt {
  @Field(() => User, {
    nullable: true,
    description: 'The participant. Null only if the user cannot be loaded at the moment.',
  })
  user!: User;

  @Field(() => Int, { description: 'The sequence of the last message that they have marked as read.' })
  sequence!: number;

  readAt!: string;
}
