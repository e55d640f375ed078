import type { BusMessage } from '@marquee/chassis/bus/bus';
import { cancellable } from '@marquee/chassis/bus/cancellable';
import { lastCauseOf, withCause } from '@marquee/chassis/bus/event-cause';
import { notificationsAndTicks, isTick } from '@marquee/chassis/bus/tail-store';
import { batchWithin } from '@marquee/chassis/timing/batch-within';
import { Directive, Resolver, Root, Subscription } from 'type-graphql';
import { ForModerators, requireModerator } from '../access.js';
import type { JobsContext } from '../context.js';
import { topics } from '../topics.js';
import { ReviewSummary } from './review-model.js';
import { loadReviewSummary } from './review-summary.js';

/** Milliseconds for which changes are collected: many jobs change at once when their poster leaves. */
const collectMs = 250;

@Resolver()
export class ReviewSubscriptionResolver {
  @Directive('@broadcast')
  @ForModerators
  @Subscription(() => ReviewSummary, {
    description:
      'The current counts whenever an item enters, leaves or changes in the review queue; changes within a quarter of a ' +
      'second are delivered as one. For reviewers and admins only: UNAUTHENTICATED for a guest, FORBIDDEN for other callers.',
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

/** Yields a summary for the messages of a moment. Ticks, which recover lost messages, yield one only if the counts changed. */
async function* summaries(
  messages: AsyncIterable<BusMessage>,
  store: JobsContext['store'],
): AsyncGenerator<ReviewSummary> {
  let sent = JSON.stringify(await loadReviewSummary(store));
  for await (const batch of batchWithin(messages, collectMs)) {
    const summary = await loadReviewSummary(store);
    const serialized = JSON.stringify(summary);
    if (!batch.every(isTick) || serialized !== sent) yield withCause(summary, lastCauseOf(batch));
    sent = serialized;
  }
}
