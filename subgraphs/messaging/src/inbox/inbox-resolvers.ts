import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser } from '@marquee/chassis/identity/caller';
import { parseAfter } from '@marquee/chassis/input/after-argument';
import { PageArgs, parsePage, toConnection } from '@marquee/chassis/paging/relay-connection';
import { Arg, Args, Ctx, Directive, Int, Query, Resolver, Root, Subscription } from 'type-graphql';
import { z } from 'zod';
import type { MessagingContext } from '../context.js';
import { Conversation, ConversationConnection } from '../conversations/conversation-model.js';
import type { ConversationRow } from '../conversations/conversation-row.js';
import { isParticipant } from '../conversations/participant-rules.js';

const inboxCursor = z.tuple([z.string().min(1).max(100)]);

@Resolver()
export class InboxResolver {
  @Authorize('user')
  @Query(() => ConversationConnection, {
    description: "The caller's conversations, the latest activity first. For signed-in users only.",
  })
  async conversations(
    @Ctx() { caller, store, loaders }: MessagingContext,
    @Args(() => PageArgs) args: PageArgs,
  ): Promise<ConversationConnection> {
    const user = requireUser(caller);
    const { after, before, ...range } = parsePage(args, inboxCursor);
    const page = { ...range, after: after?.[0] ?? null, before: before?.[0] ?? null };
    const positions = toConnection(await store.inbox(user.id, page), page, ({ activity }) => [activity]);
    const ids = positions.edges.map(({ node }) => node.conversationId);
    const conversations = await loaders.conversation.loadMany(ids);
    const edges = positions.edges.flatMap(({ cursor }, at) => {
      const node = conversations[at] ?? null;
      if (node instanceof Error) throw node;
      return isParticipant(user.id, node) ? [{ cursor, node }] : [];
    });
    return { edges, pageInfo: positions.pageInfo };
  }

  @Authorize('user')
  @Query(() => Int, {
    description: "The number of unread messages in all of the caller's conversations. For signed-in users only.",
  })
  async unreadTotal(@Ctx() { caller, loaders }: MessagingContext): Promise<number> {
    const counted = await loaders.unreadTotal.load(requireUser(caller).id);
    return counted?.unread ?? 0;
  }

  @Directive('@resumable(argument: "after", cursor: "changeCursor")')
  @Authorize('user')
  @Subscription(() => Conversation, {
    description:
      "Each of the caller's conversations, in its current state, whenever something in it changes: a message, a read " +
      'receipt or its participants; once more, with `hasLeft`, when the caller leaves it. Several changes of one conversation in quick succession may be delivered as one. The ' +
      'latest change of each conversation is kept for ever, so that resuming after any `changeCursor` misses nothing. ' +
      'Errors: UNAUTHENTICATED for a guest, FORBIDDEN for a machine client, BAD_USER_INPUT for a negative `after`, and ' +
      'with the last position in `extensions.cursor` if `after` is greater.',
    subscribe: ({ args, context }) => subscribe(args as { after?: number | null }, context as MessagingContext),
  })
  conversationUpdated(
    @Root() conversation: ConversationRow,
    @Arg('after', () => Int, {
      nullable: true,
      description:
        'The `changeCursor` of the last event that the client received: first come the conversations that have changed ' +
        'since; 0 for all. Without it, the stream starts with the next change.',
    })
    _: number | null | undefined,
  ): ConversationRow {
    return conversation;
  }
}

function subscribe({ after }: { after?: number | null }, { caller, inboxes }: MessagingContext) {
  return inboxes.updates(requireUser(caller).id, parseAfter(after));
}
