import { type EventReaction, on } from '@marquee/chassis/events/domain-event';
import { messagesErased, workErased } from '@marquee/events/erasure-events';
import type { EntityManager } from 'typeorm';
import { ErasurePartName } from './erasure-model.js';
import { completePart } from './erasure-store.js';

/** The reactions to erasures by other services: the report of the user contains them. */
export const erasureReactions: readonly EventReaction<EntityManager>[] = [
  on(workErased, ({ time, data }, manager: EntityManager) =>
    completePart(manager, { ...data, part: ErasurePartName.JOBS, erasedAt: new Date(time) }),
  ),
  on(messagesErased, ({ time, data }, manager: EntityManager) =>
    completePart(manager, { ...data, part: ErasurePartName.MESSAGING, erasedAt: new Date(time) }),
  ),
];
