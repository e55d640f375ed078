import { setTimeout as wait } from 'node:timers/promises';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { runDetached } from '@marquee/chassis/telemetry/request-scope';

/** Uploads processed at the same time. One waits for its retry while the other is processed. */
const concurrency = 2;

/** Uploads that may wait. */
const maxWaiting = 1000;

/** Milliseconds until a failed upload is processed again. */
const retryDelayMs = 30_000;

/** Processes an upload, until the signal aborts. If it throws, it is called again later. */
type Process = (id: string, signal: AbortSignal) => Promise<void>;

/**
 * An in-memory queue of uploads, by media id. Owners take turns, so that one with many uploads does not delay the others.
 */
export class UploadQueue implements Closable {
  /** The waiting uploads of each owner; the owner whose turn is next comes first. */
  readonly #waiting = new Map<string, Set<string>>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();

  constructor(
    private readonly process: Process,
    private readonly log: Logger,
  ) {}

  /** Whether no further upload should be accepted. */
  get isFull(): boolean {
    let count = 0;
    for (const { size } of this.#waiting.values()) count += size;
    return count >= maxWaiting;
  }

  /** Enqueues an upload. An id that is already waiting is not added again. */
  add(id: string, ownerId: string): void {
    const own = this.#waiting.get(ownerId) ?? new Set();
    this.#waiting.set(ownerId, own.add(id));
    // The request that adds an upload ends before it is processed.
    runDetached(() => this.#startNext());
  }

  /** Starts no further upload and resolves when none is running. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#running.values());
  }

  #startNext(): void {
    if (this.#closing.signal.aborted || this.#running.size >= concurrency) return;
    const next = this.#take();
    if (next === undefined) return;
    this.#running.set(next.id, this.#run(next));
    this.#startNext();
  }

  /** Takes an upload of the first owner who has one that is not running, and puts that owner last. */
  #take(): Waiting | undefined {
    for (const [ownerId, own] of this.#waiting) {
      const id = [...own].find((candidate) => !this.#running.has(candidate));
      if (id === undefined) continue;
      own.delete(id);
      this.#waiting.delete(ownerId);
      if (own.size > 0) this.#waiting.set(ownerId, own);
      return { id, ownerId };
    }
    return undefined;
  }

  async #run({ id, ownerId }: Waiting): Promise<void> {
    try {
      await this.process(id, this.#closing.signal);
    } catch (err) {
      if (!this.#closing.signal.aborted) await this.#retryLater({ id, ownerId }, err);
    } finally {
      this.#running.delete(id);
      this.#startNext();
    }
  }

  /** Occupies its slot during the delay: if one upload fails, others would probably fail as well. */
  async #retryLater({ id, ownerId }: Waiting, err: unknown): Promise<void> {
    this.log.error({ err, id }, 'processing a queued upload failed');
    await wait(retryDelayMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    this.#waiting.set(ownerId, (this.#waiting.get(ownerId) ?? new Set()).add(id));
  }
}

interface Waiting {
  id: string;
  ownerId: string;
}
