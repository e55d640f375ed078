import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { MessagingContext } from '../context.js';
import { Conversation, User } from './conversation-model.js';
import type { ConversationRow } from './conversation-row.js';

@Resolver(() => User)
export class UserResolver {
  @FieldResolver(() => Conversation, {
    nullable: true,
    description: 'The DIRECT conversation of the caller and this user; null when they have none.',
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

export function userReference({ id }: { id: string }): User {
  return { id };
}
