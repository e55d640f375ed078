import type { StreamResult } from './live-event.js';

/** An event that waits for its client. */
export interface QueuedEvent {
  event: StreamResult;
  /** In milliseconds of `performance.now()`. */
  receivedAt: number;
}

/** The events of all queues that are empty. Nothing is added to it. */
const none: QueuedEvent[] = [];

/** The events that wait for one client. An empty queue takes no memory of its own: most clients read as fast as events come. */
export class EventQueue {
  #events = none;

  get length(): number {
    return this.#events.length;
  }

  push(event: StreamResult): void {
    const queued = { event, receivedAt: performance.now() };
    if (this.#events === none) this.#events = [queued];
    else this.#events.push(queued);
  }

  shift(): QueuedEvent | undefined {
    const first = this.#events.shift();
    if (this.#events.length === 0) this.#events = none;
    return first;
  }

  clear(): void {
    this.#events = none;
  }

  *[Symbol.iterator](): Iterator<StreamResult> {
    for (const { event } of this.#events) yield event;
  }
}
