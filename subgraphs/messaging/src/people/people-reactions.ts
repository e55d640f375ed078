import type { Bus } from '@marquee/chassis/bus/bus';
import { type EventReaction, on } from '@marquee/chassis/events/domain-event';
import { userDeleted } from '@marquee/events/user-events';
import type { MessagingStore } from '../store.js';
import { publishChange } from '../topics.js';

/** The reactions of the service to the events of people. Each is idempotent. */
export function peopleReactions(store: MessagingStore, bus: Bus): EventReaction<void>[] {
  return [
    on(userDeleted, ({ data: { userId } }) =>
      store.eraseMessages(userId, (conversation) => publishChange(bus, conversation)),
    ),
  ];
}
