import { type EventReaction, on } from '@marquee/chassis/events/domain-event';
import { showDeleted } from '@marquee/events/show-events';
import type { EntityManager } from 'typeorm';
import { forgetShow } from './show-reference-store.js';

/** The reactions of the service to the events of shows. */
export function showReactions(): EventReaction<EntityManager>[] {
  return [on(showDeleted, ({ time, data: { slug } }, manager: EntityManager) => forgetShow(manager, slug, time))];
}
