import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser } from '@marquee/chassis/identity/caller';
import { GraphQLDateTime } from 'graphql-scalars';
import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import type { MessagingContext } from '../context.js';
import { mustParticipate, requireConversationId } from '../conversations/participant-rules.js';
import { publishInboxChange } from '../topics.js';
import { MarkReadInput, MarkReadPayload } from './read-receipt-inputs.js';
import { ReadReceipt } from './read-receipt-model.js';
import { mustBeSentSequence } from './read-receipt-rules.js';

@Resolver(() => ReadReceipt)
export class ReadReceiptResolver {
  @Authorize('user')
  @Mutation(() => MarkReadPayload, {
    description:
      'Records how far the caller has read a conversation. Idempotent. Errors: UNAUTHENTICATED for a guest, FORBIDDEN ' +
      'for a machine client, NOT_FOUND if the caller does not participate, BAD_USER_INPUT if no message has this sequence.',
  })
  async markRead(
    @Ctx() { caller, store, bus, loaders }: MessagingContext,
    @Arg('input', () => MarkReadInput, { description: 'The conversation and the last message that was read.' })
    { conversationId, sequence }: MarkReadInput,
  ): Promise<MarkReadPayload> {
    const user = requireUser(caller);
    const target = await store.markTarget(requireConversationId(conversationId), sequence);
    const conversation = mustParticipate(user, target.conversation, conversationId);
    mustBeSentSequence(sequence, conversation);
    if (target.message && (await store.moveReadMark(user.id, target.message)))
      for (const userId of conversation.participants) publishInboxChange(bus, userId, conversationId);
    loaders.reads.clear(conversationId);
    return { conversation };
  }

  @FieldResolver(() => GraphQLDateTime, { description: 'When they marked it as read.' })
  readAt(@Root() { readAt }: ReadReceipt): string {
    return readAt;
  }
}
