import { Node } from '@marquee/chassis/graphql/node-interface';
import { defineConnection, type Connection } from '@marquee/chassis/paging/relay-connection';
import { Directive, Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { ConversationRow } from './conversation-row.js';

export enum ConversationKind {
  DIRECT = 'DIRECT',
  GROUP = 'GROUP',
}
registerEnumType(ConversationKind, {
  name: 'ConversationKind',
  description: 'How many people a conversation is for, and whether its participants can change.',
  valuesConfig: {
    DIRECT: {
      description:
        'Between exactly two users, without a title. Two users share at most one DIRECT conversation; its ' +
        'participants cannot change.',
    },
    GROUP: { description: 'Up to 50 participants, with an optional title. Participants can be added and can leave.' },
  },
});

@Directive('@key(fields: "id")')
@ObjectType({
  implements: Node,
  description:
    'A private conversation. Only its participants can read it; for everyone else it answers as if it did not exist.',
})
export class Conversation {
  @Field(() => ConversationKind, { description: 'Whether the conversation is between two users or a group.' })
  kind!: ConversationRow['kind'];

  @Field(() => String, {
    nullable: true,
    description:
      'The name of the group, 1 to 100 characters. Null for a DIRECT conversation, an untitled group, and ' +
      'one whose title was written by a user who has deleted their account. For a title that an early build stored ' +
      'without its author, that is the participant who joined first of those who had not left.',
  })
  title?: string;

  @Field(() => Int, {
    nullable: true,
    description:
      'The position of the change in `conversationUpdated`, for its `after`. Null anywhere else than in its events.',
  })
  changeCursor?: number;
}

export const ConversationConnection = defineConnection<ConversationRow>('Conversation', () => Conversation);
export type ConversationConnection = Connection<ConversationRow>;
