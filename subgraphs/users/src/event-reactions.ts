import type { EventReaction } from '@marquee/chassis/events/domain-event';
import type { EntityManager } from 'typeorm';
import { mediaReactions } from './media/media-reactions.js';

/** The reactions of the service to the events of other services. */
export function eventReactions(): EventReaction<EntityManager>[] {
  return [...mediaReactions];
}
