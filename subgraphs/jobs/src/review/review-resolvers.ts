import { parsePage, toConnection } from '@marquee/chassis/paging/relay-connection';
import { Args, Ctx, Query, Resolver } from 'type-graphql';
import { z } from 'zod';
import { ForModerators, requireModerator } from '../access.js';
import type { JobsContext } from '../context.js';
import { ReviewQueueArgs } from './review-inputs.js';
import { ReviewQueueConnection, ReviewSummary } from './review-model.js';
import { parseReviewStatuses } from './review-rules.js';
import { sharedReviewSummary } from './review-summary.js';

const keyset = z.tuple([z.iso.datetime(), z.uuid()]);

@Resolver()
export class ReviewResolver {
  @ForModerators
  @Query(() => ReviewQueueConnection, {
    description:
      'Items of one kind, those that entered the review queue first at the top. For reviewers and admins only: ' +
      'UNAUTHENTICATED for a guest, FORBIDDEN for other callers. BAD_USER_INPUT for statuses of another kind.',
  })
  async reviewQueue(
    @Ctx() { caller, store }: JobsContext,
    @Args(() => ReviewQueueArgs) args: ReviewQueueArgs,
  ): Promise<ReviewQueueConnection> {
    requireModerator(caller);
    const page = parsePage(args, keyset);
    const items = await store.reviews.listQueue(args.kind, parseReviewStatuses(args), page);
    const { edges, pageInfo } = toConnection(items, page, ({ since, item }) => [since.toISOString(), item.id]);
    return {
      edges: edges.map(({ cursor, node: { since, item } }) => ({ cursor, submittedAt: since, node: item })),
      pageInfo,
    };
  }

  @ForModerators
  @Query(() => ReviewSummary, {
    description:
      'The number of items in each status. For reviewers and admins only: UNAUTHENTICATED for a guest, FORBIDDEN for ' +
      'other callers.',
  })
  async reviewSummary(@Ctx() context: JobsContext): Promise<ReviewSummary> {
    requireModerator(context.caller);
    return sharedReviewSummary(context);
  }
}
