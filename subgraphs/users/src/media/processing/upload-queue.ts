import { setTimeout as wait } from 'node:timers/promises';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { runDetached } from '@marquee/chassis/telemetry/request-scope';

/** Uploads processed at the same time: a decoded picture occupies some hundred megabytes. */
const concurrency = 2;

/** Milliseconds until a failed upload is processed again. */
const retryDelayMs = 30_000;

/** Processes an upload, until the signal aborts. If it throws, it is called again later. */
type Process = (id: string, signal: AbortSignal) => Promise<void>;

/** An in-memory queue of uploads, by media id. */
export class UploadQueue implements Closable {
  readonly #pending = new Set<string>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();

  constructor(
    private readonly process: Process,
    private readonly log: Logger,
  ) {}

  /** Enqueues an upload. An id that is already pending is not added again. */
  add(id: string): void {
    this.#pending.add(id);
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
    const id = [...this.#pending].find((candidate) => !this.#running.has(candidate));
    if (id === undefined) return;
    this.#pending.delete(id);
    this.#running.set(id, this.#run(id));
    this.#startNext();
  }

  async #run(id: string): Promise<void> {
    try {
      await this.process(id, this.#closing.signal);
    } catch (err) {
      if (!this.#closing.signal.aborted) await this.#retryLater(id, err);
    } finally {
      this.#running.delete(id);
      this.#startNext();
    }
  }

  /** Occupies its slot during the delay: if one upload fails, others would probably fail as well. */
  async #retryLater(id: string, err: unknown): Promise<void> {
    this.log.error({ err, id }, 'processing a queued upload failed');
    await wait(retryDelayMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    this.#pending.add(id);
  }
}
