import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { basename } from 'node:path';
import { FairQueue } from './fair-queue.js';
import { type QueuedWork, Requesters, shiftWork } from './requesters.js';

/**
 * Keeps the event loop responsive while expensive work goes on, with three means that belong together:
 * - `EventLoopThrottle` spaces out work of a few milliseconds each (parsing and compiling new operations), because a
 *   burst of new operations would otherwise delay the requests that need no such work;
 * - `minorGc` promotes new long-lived objects in small portions, because V8 would otherwise move a whole schema in one
 *   pause;
 * - `lowerThreadPriority` lets the threads that serve requests run before a planner thread.
 */

/** The clock of an event loop, in milliseconds: the time now, and the total time for which the loop was busy. */
export interface LoopUtilization {
  now: number;
  active: number;
}

/** The next slot is free early when the loop was busy for at most this share of the time since the last one. */
const maxBusyShare = 0.35;

/** The next slot is free after this many milliseconds, however busy the loop is. */
const maxWaitMs = 10;

/** Milliseconds between two checks, and the minimum between two slots. */
const pollMs = 2;

/** A minor collection follows every eighth slot. */
const slotsPerGc = 8;

/** Hands out time slots for expensive work, one at a time and in fair turns, depending on the load of the loop. */
export class EventLoopThrottle {
  readonly #queue = new FairQueue<QueuedWork>();
  #granted = 0;
  #isPolling = false;
  #last: LoopUtilization = { now: -Infinity, active: 0 };

  constructor(private readonly readLoop: () => LoopUtilization = loopUtilization) {}

  /**
   * Resolves when the caller may start its work; immediately if the last slot is long past.
   * @throws GraphQLError RATE_LIMITED if too much work of the same origin is waiting
   */
  nextSlot(requesters = new Requesters()): Promise<void> {
    return new Promise((resolve) => {
      requesters.enqueue({ isStarted: false, start: resolve }, this.#queue);
      if (!this.#isPolling) this.#poll();
    });
  }

  #poll(): void {
    const time = this.readLoop();
    const waited = time.now - this.#last.now;
    if (waited >= maxWaitMs || (waited >= pollMs && time.active - this.#last.active <= maxBusyShare * waited)) {
      this.#grant(time);
    }
    this.#isPolling = this.#queue.size > 0;
    if (this.#isPolling) setTimeout(() => this.#poll(), pollMs);
  }

  #grant(time: LoopUtilization): void {
    const next = shiftWork(this.#queue);
    if (!next) return;
    this.#last = time;
    this.#queue.charge(next.origin, 1);
    next.work.isStarted = true;
    next.work.start();
    if (++this.#granted % slotsPerGc === 0) setImmediate(minorGc);
  }
}

function loopUtilization(): LoopUtilization {
  return { now: performance.now(), active: performance.eventLoopUtilization().active };
}

/**
 * Runs a minor garbage collection, which promotes the objects that were just created for long-term use. The pause is
 * short because little has been created since the last one. Does nothing unless Node runs with `--expose-gc`.
 */
export function minorGc(): void {
  globalThis.gc?.({ type: 'minor' });
}

/** Lowers the scheduling priority of the calling thread. Only Linux has priorities per thread; no effect elsewhere. */
export function lowerThreadPriority(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // A sandbox may forbid it; planning then runs at normal priority, as on other platforms.
  }
}
