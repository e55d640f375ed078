import type { BusMessage } from '@marquee/chassis/bus/bus';
import { cancellable } from '@marquee/chassis/bus/cancellable';
import { causeOf, withCause } from '@marquee/chassis/bus/event-cause';
import { notificationsAndTicks, isTick } from '@marquee/chassis/bus/tail-store';
import { Directive, Resolver, Root, Subscription } from 'type-graphql';
import { ForModerators, requireModerator } from '../access.js';
import type { JobsContext } from '../context.js';
import { topics } from '../topics.js';
import { ReviewSummary } from './review-model.js';
import { loadReviewSummary } from './review-summary.js';

@Resolver()
export class ReviewSubscriptionResolver {
  @Directive('@broadcast')
  @ForModerators
  @Subscription(() => ReviewSummary, {
    description:
      'The current counts whenever an item enters, leaves or changes in the review queue. For reviewers and admins only: UNAUTHENTICATED for a guest, FORBIDDEN for other callers.',
    subscribe: ({ context }) => changedSummaries(context as JobsContext),
  })
  reviewQueueChanged(@Root() summary: ReviewSummary): ReviewSummary {
    return summary;
  }
}

function changedSummaries({ caller, store, tail }: JobsContext): AsyncIterableIterator<ReviewSummary> {
  requireModerator(caller);
  return cancellable((signal) => summaries(notificationsAndTicks(topics.reviewQueueChanged, tail, signal), store));
}

/** Yields a summary for every message. A tick, which recovers lost messages, yields one only if the counts changed. */
async function* summaries(
  messages: AsyncIterable<BusMessage>,
  store: JobsContext['store'],
): AsyncGenerator<ReviewSummary> {
  let sent = JSON.stringify(await loadReviewSummary(store));
  for await (const message of messages) {
    const summary = await loadReviewSummary(store);
    const serialized = JSON.stringify(summary);
    if (!isTick(message) || serialized !== sent) yield withCause(summary, causeOf(message));
    sent = serialized;
  }
}
