import type { DomainEvent } from './domain-event.js';

/** An event in the outbox. */
export interface OutboxEntry {
  /** Its place in the outbox. Of two events of one subject, the earlier one has the smaller place. */
  position: string;
  event: DomainEvent;
}

/** The events that a consumer has applied. */
export interface Confirmation {
  /** The name of the queue of the consumer. */
  consumer: string;
  /** The positions of the events in the outbox. */
  positions: readonly string[];
}

/** An event that is kept, for people. */
export interface RecentEvent {
  event: DomainEvent;
  /** Whether the topic has accepted it. */
  isSent: boolean;
}

/** The state of an outbox, for metrics. */
export interface OutboxBacklog {
  /** Events that are not published yet. */
  unsent: number;
  /** Age of the oldest of them in seconds; 0 without any. */
  oldestSeconds: number;
}

/**
 * The events that a service has written in the transactions of its changes. One replica at a time publishes them, so that
 * the order of each subject is kept: it holds a lease, which it renews with each read.
 */
export interface Outbox {
  /**
   * The unsent events, the oldest first. Null while another replica holds the lease.
   * @param except subjects whose events are left out, so that those of others are within the limit
   */
  read(limit: number, except?: ReadonlySet<string>): Promise<OutboxEntry[] | null>;
  /** Records that these events were published. */
  markSent(positions: readonly string[]): Promise<void>;
  /** Records that a consumer has applied these events. Positions that are not those of kept events are ignored. */
  confirm(confirmation: Confirmation): Promise<void>;
  /** Makes the kept events since a time unsent, and unconfirmed: they are published again. Returns their number. */
  resend(since: Date): Promise<number>;
  /** Makes the kept events unsent that not all of these consumers have confirmed. Returns their number. */
  resendUnconfirmed(consumers: readonly string[]): Promise<number>;
  /** The latest events, the oldest first. */
  recent(limit: number): Promise<RecentEvent[]>;
  backlog(): Promise<OutboxBacklog>;
  /** Ends the lease of this replica. */
  release(): Promise<void>;
}

/** Days for which published events are kept, so that they can be published again. */
export const outboxDays = 7;

/** Days for which a service remembers the events that it has applied: longer than they can be published again. */
export const inboxDays = 30;

/** Seconds after which another replica may publish, if the holder of the lease does not renew it. */
export const leaseSeconds = 30;
