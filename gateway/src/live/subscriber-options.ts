import type { Caller } from '@marquee/chassis/identity/caller';
import type { ChargeEvent } from '../admission/rates/cost-budget.js';
import type { LiveMetrics } from './live-metrics.js';

export interface SubscriberOptions {
  /** The current caller. */
  caller(): Caller;
  /** The address of the client: deliveries to different ones take turns. */
  lane: string;
  /** Maximum number of events in the queue. */
  queueLimit: number;
  /** Milliseconds for which an event waits for the services that complete it. */
  patienceMs: number;
  /** The cursor that the client resumes from. */
  startCursor: unknown;
  /** Whether each result contains its cursor in `extensions`. */
  sendsCursors: boolean;
  /** Whether a first result without data reports the position at which the stream starts. */
  reportsPosition: boolean;
  /** Whether results report that a stream without cursors waits for its service, and that it started. */
  reportsStart: boolean;
  metrics: LiveMetrics;
  /** Charges each delivered event to the origin of the subscription; undefined if events are not charged. */
  charge: ChargeEvent | undefined;
  /** Called once, when the subscription has ended. */
  onLeave(): void;
  /** Called when a subscriber that left its stream with a full queue has room for the events after this cursor. */
  onReadOn(cursor: unknown): void;
}
