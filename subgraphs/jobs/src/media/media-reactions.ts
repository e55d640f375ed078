import { type EventReaction, on } from '@marquee/chassis/events/domain-event';
import { mediaRemoved, mediaUnused } from '@marquee/events/media-events';
import type { EntityManager } from 'typeorm';
import { recordRemoval } from './released-media-store.js';

/**
 * Media are removed only when this service has released them, so that no use is lost if its events are late or missing. It
 * emits the uses again, or records the release if there are none: then none can begin any more.
 */
export function mediaReactions(): EventReaction<EntityManager>[] {
  return [
    on(mediaUnused, async ({ data: { mediaId } }, manager: EntityManager) => {
      await manager.query('select answer_unused_media($1)', [mediaId]);
    }),
    on(mediaRemoved, ({ data: { mediaId } }, manager: EntityManager) => recordRemoval(manager, mediaId)),
  ];
}
