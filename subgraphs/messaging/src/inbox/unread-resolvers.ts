import { cancellable } from '@marquee/chassis/bus/cancellable';
import { lastCauseOf, withCause } from '@marquee/chassis/bus/event-cause';
import { Authorize } from '@marquee/chassis/graphql/authorize';
import { requireUser } from '@marquee/chassis/identity/caller';
import { batchWithin } from '@marquee/chassis/timing/batch-within';
import { onAbort } from '@marquee/chassis/timing/on-abort';
import { Int, Resolver, Root, Subscription } from 'type-graphql';
import type { MessagingContext } from '../context.js';

/** Milliseconds for which changes are collected, because counting reads the whole inbox. */
const collectMs = 500;

@Resolver()
export class UnreadResolver {
  @Authorize('user')
  @Subscription(() => Int, {
    description:
      "The number of unread messages in all of the caller's conversations: now, then whenever it changes. Changes within half " +
      'a second are delivered as one. UNAUTHENTICATED for a guest, FORBIDDEN for a machine client.',
    subscribe: ({ context }) => totals(context as MessagingContext),
  })
  unreadTotalChanged(@Root() { total }: UnreadTotal): number {
    return total;
  }
}

/** An object, since a stream cannot deliver the number 0 as an event. */
interface UnreadTotal {
  total: number;
}

function totals({ caller, inboxes, store }: MessagingContext): AsyncIterableIterator<UnreadTotal> {
  const { id } = requireUser(caller);
  return cancellable((signal) => {
    const updates = inboxes.updates(id, null);
    onAbort(signal, () => void updates.return?.());
    return changedTotals(updates, () => store.unreadTotal(id));
  });
}

/** The stream of changes begins with its position, so that the first total is counted after it has started. */
async function* changedTotals(updates: AsyncIterable<unknown>, count: () => Promise<number>) {
  let sent: number | undefined;
  for await (const batch of batchWithin(updates, collectMs)) {
    const total = await count();
    if (total !== sent) yield withCause({ total }, lastCauseOf(batch));
    sent = total;
  }
}
