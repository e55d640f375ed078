import { Authorize } from '@marquee/chassis/graphql/authorize';
import { Node } from '@marquee/chassis/graphql/node-interface';
import { type Edge, PageInfo } from '@marquee/chassis/paging/relay-connection';
import { Directive, Field, Int, ObjectType } from 'type-graphql';
import type { ShownMessage } from './message-row.js';

@Directive('@key(fields: "id")')
@Authorize('user')
@ObjectType({
  implements: Node,
  description:
    'A message of a conversation. Only participants can read it. It never changes once sent, except that its text is ' +
    'replaced when its sender deletes their account.',
})
export class Message {
  @Field(() => String, { description: 'The plain text of the message: 1 to 1024 characters.' })
  body!: string;

  @Field(() => Int, {
    description:
      'The position in the conversation, counted from 1 without gaps. A client that holds message n and receives n+2 ' +
      'knows that it has missed one.',
  })
  sequence!: number;
}

@ObjectType({ description: 'A message in a page, with its cursor.' })
export class MessageEdge {
  @Field(() => String, { description: 'An opaque cursor for `after` and `before`.' })
  cursor!: string;

  @Field(() => Message, { description: 'The message.' })
  node!: ShownMessage;
}

@ObjectType({ description: 'A page of messages, in ascending sequence whichever direction is paged.' })
export class MessageConnection {
  @Field(() => [MessageEdge], { description: 'The messages of this page.' })
  edges!: Edge<ShownMessage>[];

  @Field(() => PageInfo, { description: 'Whether there are further messages, and the cursors to read them.' })
  pageInfo!: PageInfo;
}
