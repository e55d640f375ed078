import { PageArgs, parsePage, toConnection } from '@marquee/chassis/paging/relay-connection';
import { Arg, Args, Ctx, Query, Resolver } from 'type-graphql';
import { z } from 'zod';
import { ForModerators, requireModerator } from '../access.js';
import type { JobsContext } from '../context.js';
import { ReviewKind, ReviewQueueConnection, ReviewSummary } from './review-model.js';
import { parseReviewStatuses } from './review-rules.js';
import { sharedReviewSummary } from './review-summary.js';

const keyset = z.tuple([z.iso.datetime(), z.uuid()]);

@Resolver()
export class ReviewResolver {
  @ForModerators
  @Query(() => ReviewQueueConnection, {
    description:
      'Items of one kind, those that entered the review queue first at the top. For reviewers and admins only: ' +
      'UNAUTHENTICATED for a guest, FORBIDDEN for other callers. BAD_USER_INPUT for a status that the kind does not have.',
  })
  async reviewQueue(
    @Ctx() { caller, store }: JobsContext,
    @Args(() => PageArgs) args: PageArgs,
    @Arg('kind', () => ReviewKind, { description: 'Kind of item to list.' }) kind: ReviewKind,
    @Arg('statuses', () => [String], {
      nullable: true,
      description:
        'Values of `ProfileStatus`, `JobStatus` or `AssetReview`, according to `kind`. By default those that wait for a ' +
        'reviewer: SUBMITTED and UNDER_REVIEW profiles, QUEUED_FOR_REVIEW jobs, PENDING assets.',
    })
    statuses?: string[] | null,
  ): Promise<ReviewQueueConnection> {
    requireModerator(caller);
    const page = parsePage(args, keyset);
    const items = await store.reviews.listQueue(kind, parseReviewStatuses(kind, statuses), page);
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
