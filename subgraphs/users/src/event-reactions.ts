import type { Bus } from '@marquee/chassis/bus/bus';
import type { EventReaction } from '@marquee/chassis/events/domain-event';
import type { EntityManager } from 'typeorm';
import { erasureReactions } from './erasure/erasure-reactions.js';
import { mediaReactions } from './media/media-reactions.js';
import { notificationReactions } from './notifications/notification-reactions.js';

/** The reactions of the service to the events of other services. */
export function eventReactions(bus: Bus): EventReaction<EntityManager>[] {
  return [...erasureReactions, ...mediaReactions, ...notificationReactions(bus)];
}
