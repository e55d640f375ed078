import { toConnection, pageSize, PageArgs, type Connection } from '@marquee/chassis/paging/relay-connection';
import { decodeCursor } from '@marquee/chassis/paging/keyset-cursor';
import { Arg, Args, Ctx, Query, Resolver } from 'type-graphql';
import { z } from 'zod';
import type { JobsContext } from '../context.js';
import { type ReviewItem, ReviewKind, ReviewQueueConnection, ReviewSummary } from './review-model.js';
import { loadReviewSummary } from './review-summary.js';
import { parseReviewStatuses } from './review-rules.js';
import { ForModerators, requireModerator } from '../access.js';
import type { ReviewQueuePage } from './review-store.js';

const keyset = z.tuple([z.iso.datetime(), z.uuid()]);

@Resolver()
export class ReviewResolver {
  @ForModerators
  @Query(() => ReviewQueueConnection, {
    description: 'For reviewers and admins: what waits longest first. Without statuses, what waits for a reviewer.',
  })
  async reviewQueue(
    @Ctx() { caller, store }: JobsContext,
    @Args(() => PageArgs) args: PageArgs,
    @Arg('kind', () => ReviewKind) kind: ReviewKind,
    @Arg('statuses', () => [String], { nullable: true }) statuses?: string[] | null,
  ): Promise<Connection<ReviewItem>> {
    requireModerator(caller);
    const page = waitingPage(args);
    const waiting = await store.reviews.waiting(kind, parseReviewStatuses(kind, statuses), page);
    const { edges, pageInfo } = toConnection(waiting, page.limit - 1, ({ since, item }) => [
      since.toISOString(),
      item.id,
    ]);
    return { edges: edges.map(({ cursor, node }) => ({ cursor, node: node.item })), pageInfo };
  }

  @ForModerators
  @Query(() => ReviewSummary, { description: 'For reviewers and admins.' })
  async reviewSummary(@Ctx() { caller, store }: JobsContext): Promise<ReviewSummary> {
    requireModerator(caller);
    return loadReviewSummary(store);
  }
}

function waitingPage({ first, after }: PageArgs): ReviewQueuePage {
  return { limit: pageSize(first) + 1, after: after ? decodeCursor(after, keyset) : null };
}
