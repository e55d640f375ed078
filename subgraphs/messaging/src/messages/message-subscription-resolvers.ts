import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser } from '@marquee/chassis/identity/caller';
import { parseAfter } from '@marquee/chassis/input/after-argument';
import { Arg, Ctx, Directive, ID, Int, Resolver, Root, Subscription } from 'type-graphql';
import type { MessagingContext } from '../context.js';
import { requireConversationId } from '../conversations/participant-rules.js';
import { Message } from './message-model.js';
import type { ShownMessage } from './message-row.js';
import { type MessageEvent, streamMessages } from './message-stream.js';

@Resolver()
export class MessageSubscriptionResolver {
  @Directive('@resumable(argument: "after", cursor: "sequence")')
  @Authorize('user')
  @Subscription(() => Message, {
    description:
      'The messages of a conversation: first the stored ones after the sequence `after`, then each new one as it is ' +
      'sent, in order and each once. Ends when the caller no longer participates. Errors: UNAUTHENTICATED for a guest, ' +
      'FORBIDDEN for a machine client, NOT_FOUND if the caller does not participate, BAD_USER_INPUT with the last ' +
      'sequence in `extensions.cursor` if `after` is greater.',
    subscribe: ({ args, context }) => subscribe(args as MessageAddedArgs, context as MessagingContext),
  })
  messageAdded(
    @Root() { conversation, ...message }: MessageEvent,
    @Ctx() { loaders }: MessagingContext,
    @Arg('conversationId', () => ID, { description: 'The id of the conversation.' }) _: string,
    @Arg('after', () => Int, {
      nullable: true,
      description:
        'The sequence of the last message that the client has; 0 for all messages. Without it, the stream starts with ' +
        'the next message that is sent.',
    })
    __: number | null | undefined,
  ): ShownMessage {
    // A client that catches up would otherwise load the conversation again for each message.
    loaders.conversation.prime(message.conversationId, conversation);
    return message;
  }
}

interface MessageAddedArgs {
  conversationId: string;
  after?: number | null;
}

function subscribe({ conversationId, after }: MessageAddedArgs, { caller, ...context }: MessagingContext) {
  return streamMessages(context, requireUser(caller), requireConversationId(conversationId), parseAfter(after));
}
