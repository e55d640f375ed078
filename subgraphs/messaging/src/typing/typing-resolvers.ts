import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser } from '@marquee/chassis/identity/caller';
import { Arg, Ctx, Directive, ID, Mutation, Resolver, Root, Subscription } from 'type-graphql';
import type { MessagingContext } from '../context.js';
import { mustParticipate, requireConversationId } from '../conversations/participant-rules.js';
import { publishTyping } from '../topics.js';
import { SetTypingInput, SetTypingPayload } from './typing-inputs.js';
import { TypingEvent } from './typing-model.js';
import { streamTyping } from './typing-stream.js';

@Resolver()
export class TypingResolver {
  @Authorize('user')
  @Directive('@whileConnected(argument: "input.typing", seconds: 5)')
  @Mutation(() => SetTypingPayload, {
    description:
      'Notifies the other participants that the caller started or stopped typing. Errors: UNAUTHENTICATED for a guest, ' +
      'FORBIDDEN for a machine client, NOT_FOUND if the caller does not participate in the conversation.',
  })
  async setTyping(
    @Ctx() { caller, connectionId, bus, store }: MessagingContext,
    @Arg('input', () => SetTypingInput, { description: 'The conversation, and whether the caller is typing.' })
    { conversationId, typing }: SetTypingInput,
  ): Promise<SetTypingPayload> {
    const user = requireUser(caller);
    mustParticipate(user, await store.conversation(requireConversationId(conversationId)), conversationId);
    publishTyping(bus, conversationId, { userId: user.id, typing, connectionId });
    return { typing };
  }

  @Authorize('user')
  @Subscription(() => TypingEvent, {
    description:
      'When other participants start and stop typing. After `extensions.gap` an end may be missing: assume that all have ' +
      'stopped, until the next event. Ends when the caller no longer participates. Errors: UNAUTHENTICATED for a guest, ' +
      'FORBIDDEN for a machine client, NOT_FOUND if the caller does not participate.',
    subscribe: ({ args, context }) => subscribe(args as TypingArgs, context as MessagingContext),
  })
  typing(
    @Root() event: TypingEvent,
    @Arg('conversationId', () => ID, { description: 'The id of the conversation.' }) _: string,
  ): TypingEvent {
    return event;
  }
}

interface TypingArgs {
  conversationId: string;
}

function subscribe({ conversationId }: TypingArgs, { caller, ...context }: MessagingContext) {
  return streamTyping(context, requireUser(caller), requireConversationId(conversationId));
}
