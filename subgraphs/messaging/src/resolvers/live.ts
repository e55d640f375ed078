import { For } from '@marquee/chassis/graphql/rights';
import { requireUser } from '@marquee/chassis/identity/caller';
import { Arg, Directive, ID, Int, Resolver, Root, Subscription } from 'type-graphql';
import type { MessagingContext } from '../context.js';
import { messagesAdded } from '../live/messages.js';
import { typingIn } from '../live/typing.js';
import { Conversation } from '../model/conversation.js';
import { Message, TypingEvent } from '../model/message.js';
import { possibleId } from '../rules/access.js';
import { startOf } from '../rules/inputs.js';
import type { HeadRow, MessageRow } from '../store/rows.js';

@Resolver()
export class LiveResolver {
  @Directive('@resumable(argument: "after", cursor: "sequence")')
  @For('user')
  @Subscription(() => Message, {
    description:
      'The messages behind the sequence `after`, stored ones first, then each as it is sent, in order and none twice; ' +
      'without `after` from now on. It ends when the caller is no longer a participant.',
    subscribe: ({ args, context }) => addedMessages(args as AddedArgs, context as MessagingContext),
  })
  messageAdded(
    @Root() message: MessageRow,
    @Arg('conversationId', () => ID) _: string,
    @Arg('after', () => Int, { nullable: true }) __: number | null | undefined,
  ): MessageRow {
    return message;
  }

  @For('user')
  @Subscription(() => Conversation, {
    description: "Each of the caller's conversations as something in it changes.",
    subscribe: ({ context }) => updatedConversations(context as MessagingContext),
  })
  conversationUpdated(@Root() conversation: HeadRow): HeadRow {
    return conversation;
  }

  @For('user')
  @Subscription(() => TypingEvent, {
    description: 'Who else types. It ends when the caller is no longer a participant.',
    subscribe: ({ args, context }) => typists(args as TypingArgs, context as MessagingContext),
  })
  typing(@Root() event: TypingEvent, @Arg('conversationId', () => ID) _: string): TypingEvent {
    return event;
  }
}

interface TypingArgs {
  conversationId: string;
}

interface AddedArgs extends TypingArgs {
  after?: number | null;
}

function addedMessages({ conversationId, after }: AddedArgs, { caller, tails }: MessagingContext) {
  return messagesAdded(tails, requireUser(caller), possibleId(conversationId), startOf(after));
}

function updatedConversations({ caller, inboxes }: MessagingContext) {
  return inboxes.updates(requireUser(caller).id);
}

function typists({ conversationId }: TypingArgs, { caller, ...context }: MessagingContext) {
  return typingIn(context, requireUser(caller), possibleId(conversationId));
}
