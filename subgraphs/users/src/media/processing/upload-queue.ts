import { setTimeout as wait } from 'node:timers/promises';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { runDetached } from '@marquee/chassis/telemetry/request-scope';

/**
 * Owners whose uploads are processed at the same time, one each. The process that decodes files takes them one by one; the
 * others wait for their retries meanwhile.
 */
const concurrency = 4;

/** Uploads that may wait. */
const maxWaiting = 1000;

/** Milliseconds until a failed upload is processed again. */
const retryDelayMs = 30_000;

/** Processes an upload, until the signal aborts. If it throws, it is called again later. */
type Process = (id: string, signal: AbortSignal) => Promise<void>;

/**
 * An in-memory queue of uploads, by media id. Owners take turns with one upload at a time, so that one with many uploads,
 * or with uploads that fail and are retried, does not delay the others.
 */
export class UploadQueue implements Closable {
  /** The waiting uploads of each owner; the owner whose turn is next comes first. */
  readonly #waiting = new Map<string, Set<string>>();
  /** By owner. */
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
    this.#running.set(next.ownerId, this.#run(next));
    this.#startNext();
  }

  /** Takes an upload of the first owner without a running one. */
  #take(): Waiting | undefined {
    for (const [ownerId, own] of this.#waiting) {
      const [id] = own;
      if (id === undefined || this.#running.has(ownerId)) continue;
      own.delete(id);
      if (own.size === 0) this.#waiting.delete(ownerId);
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
      this.#running.delete(ownerId);
      this.#putLast(ownerId);
      this.#startNext();
    }
  }

  #putLast(ownerId: string): void {
    const own = this.#waiting.get(ownerId);
    if (!own) return;
    this.#waiting.delete(ownerId);
    this.#waiting.set(ownerId, own);
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
