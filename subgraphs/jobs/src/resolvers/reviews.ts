import { connection, pageSize, PageArgs, type Connection } from '@marquee/chassis/paging/connection';
import { decodeCursor } from '@marquee/chassis/paging/cursor';
import { Arg, Args, Ctx, Query, Resolver } from 'type-graphql';
import { z } from 'zod';
import type { JobsContext } from '../context.js';
import {
  type ReviewCount,
  type ReviewItem,
  ReviewKind,
  ReviewQueueConnection,
  ReviewSummary,
} from '../model/review.js';
import { mustBeModerator } from '../rules/profile-visibility.js';
import { reviewed, reviewStatuses } from '../rules/review.js';
import { ForModerators } from '../rules/rights.js';
import type { WaitingPage } from '../store/reviews.js';

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
    mustBeModerator(caller);
    const page = waitingPage(args);
    const waiting = await store.reviews.waiting(kind, reviewStatuses(kind, statuses), page);
    const { edges, pageInfo } = connection(waiting, page.limit - 1, ({ since, item }) => [
      since.toISOString(),
      item.id,
    ]);
    return { edges: edges.map(({ cursor, node }) => ({ cursor, node: node.item })), pageInfo };
  }

  @ForModerators
  @Query(() => ReviewSummary, { description: 'For reviewers and admins.' })
  async reviewSummary(@Ctx() { caller, store }: JobsContext): Promise<ReviewSummary> {
    mustBeModerator(caller);
    return reviewSummary(store);
  }
}

/** How many there are of everything that is reviewed, in each state. */
export async function reviewSummary(store: JobsContext['store']): Promise<ReviewSummary> {
  const [profiles, jobs, assets] = await Promise.all([
    counts(store, ReviewKind.PROFILE),
    counts(store, ReviewKind.JOB),
    counts(store, ReviewKind.ASSET),
  ]);
  return { profiles, jobs, assets };
}

function waitingPage({ first, after }: PageArgs): WaitingPage {
  return { limit: pageSize(first) + 1, after: after ? decodeCursor(after, keyset) : null };
}

/** States that nothing is in count as well. */
async function counts({ reviews }: JobsContext['store'], kind: ReviewKind): Promise<ReviewCount[]> {
  const counted = new Map((await reviews.counts(kind)).map(({ status, count }) => [status, count]));
  return reviewed[kind].statuses.map((status) => ({ status, count: counted.get(status) ?? 0 }));
}
