import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { MessagingContext } from '../context.js';
import { User } from '../entity-stubs.js';
import { Conversation } from './conversation-model.js';
import type { ConversationRow } from './conversation-row.js';

@Resolver(() => User)
export class UserResolver {
  @FieldResolver(() => Conversation, {
    nullable: true,
    description:
      'The DIRECT conversation between the caller and this user. Null if they have none, if this user is the caller, or ' +
      'for a guest or machine client.',
  })
  async conversationWithMe(
    @Root() { id }: User,
    @Ctx() { caller, loaders }: MessagingContext,
  ): Promise<ConversationRow | null> {
    if (caller.kind !== 'user' || caller.id === id) return null;
    const direct = await loaders.directConversation.load(id);
    return direct && loaders.conversation.load(direct.conversationId);
  }
}
