import { For } from '@marquee/chassis/graphql/rights';
import { requireUser } from '@marquee/chassis/identity/caller';
import { Arg, Directive, ID, Int, Resolver, Root, Subscription } from 'type-graphql';
import type { MessagingContext } from '../context.js';
import { messagesAdded } from '../messages/message-stream.js';
import { typingEvents } from '../typing/typing-stream.js';
import { Conversation } from '../conversations/conversation-model.js';
import { Message, TypingEvent } from '../messages/message-model.js';
import { requireConversationId } from '../conversations/participant-rules.js';
import { parseAfter } from '../conversations/conversation-rules.js';
import type { ConversationRow, MessageRow } from '../conversations/conversation-row.js';

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
  conversationUpdated(@Root() conversation: ConversationRow): ConversationRow {
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
  return messagesAdded(tails, requireUser(caller), requireConversationId(conversationId), parseAfter(after));
}

function updatedConversations({ caller, inboxes }: MessagingContext) {
  return inboxes.updates(requireUser(caller).id);
}

function typists({ conversationId }: TypingArgs, { caller, ...context }: MessagingContext) {
  return typingEvents(context, requireUser(caller), requireConversationId(conversationId));
}
