import { type DomainEvent, type EventReaction, on } from '@marquee/chassis/events/domain-event';
import { jobPublished } from '@marquee/events/job-events';
import { showChanged, showDeleted } from '@marquee/events/show-events';
import type { EntityManager } from 'typeorm';
import { addWebhookDeliveries } from './webhook-delivery-store.js';
import { WebhookEventType } from './webhook-model.js';

/**
 * The events of which partners are notified: those of shows, and those of this service, which consumes its own events like
 * those of another service.
 */
export function webhookReactions(): EventReaction<EntityManager>[] {
  return [
    on(showChanged, (event, manager: EntityManager) => add(manager, event, WebhookEventType.SHOW_CHANGED)),
    on(showDeleted, (event, manager: EntityManager) => add(manager, event, WebhookEventType.SHOW_DELETED)),
    on(jobPublished, (event, manager: EntityManager) => add(manager, event, WebhookEventType.JOB_PUBLISHED)),
  ];
}

/** The subject of the events is the slug of the show, or the id of the job. */
function add(manager: EntityManager, { id, subject, time }: DomainEvent, type: WebhookEventType): Promise<void> {
  return addWebhookDeliveries(manager, { eventId: id, type, subject, occurredAt: time });
}
