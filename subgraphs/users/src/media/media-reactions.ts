import { type EventReaction, on } from '@marquee/chassis/events/domain-event';
import { mediaAttached, mediaDetached, mediaReleased } from '@marquee/events/media-events';
import type { EntityManager } from 'typeorm';
import { beginUse, endUse, recordRelease } from './media-use-store.js';

/** The reactions to uses of media by other services: files without a use are removed. */
export const mediaReactions: readonly EventReaction<EntityManager>[] = [
  on(mediaAttached, ({ time, data }, manager: EntityManager) => beginUse(manager, data, time)),
  on(mediaDetached, ({ time, data }, manager: EntityManager) => endUse(manager, data, time)),
  on(mediaReleased, ({ data: { mediaId } }, manager: EntityManager) => recordRelease(manager, mediaId)),
];
