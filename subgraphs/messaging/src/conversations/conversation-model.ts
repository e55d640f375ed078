import { connectionOf, type Connection } from '@marquee/chassis/paging/connection';
import { Directive, Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import type { ConversationRow } from './conversation-row.js';

export enum ConversationKind {
  DIRECT = 'DIRECT',
  GROUP = 'GROUP',
}
registerEnumType(ConversationKind, {
  name: 'ConversationKind',
  description: 'Of two users there is one DIRECT conversation; a GROUP has up to 50 participants.',
});

@Directive('@key(fields: "id")')
@ObjectType()
export class User {
  @Field(() => ID)
  id!: string;
}

@Directive('@key(fields: "id", resolvable: false)')
@ObjectType()
export class Job {
  @Field(() => ID)
  id!: string;
}

@Directive('@key(fields: "id")')
@ObjectType({ description: 'A private conversation. Only its participants know that it exists.' })
export class Conversation {
  @Field(() => ConversationKind)
  kind!: ConversationRow['kind'];

  @Field(() => String, { nullable: true })
  title?: string;
}

export const ConversationConnection = connectionOf<ConversationRow>('Conversation', () => Conversation);
export type ConversationConnection = Connection<ConversationRow>;
