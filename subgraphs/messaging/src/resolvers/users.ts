import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { MessagingContext } from '../context.js';
import { Conversation, User } from '../model/conversation.js';
import type { HeadRow } from '../store/rows.js';

@Resolver(() => User)
export class UserResolver {
  @FieldResolver(() => Conversation, {
    nullable: true,
    description: 'The DIRECT conversation of the caller and this user; null when they have none.',
  })
  async conversationWithMe(
    @Root() { id }: User,
    @Ctx() { caller, loaders }: MessagingContext,
  ): Promise<HeadRow | null> {
    if (caller.kind !== 'user' || caller.id === id) return null;
    const direct = await loaders.direct.load(id);
    return direct && loaders.head.load(direct.conversationId);
  }
}

export function userReference({ id }: { id: string }): User {
  return { id };
}
