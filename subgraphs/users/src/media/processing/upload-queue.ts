import { setTimeout as wait } from 'node:timers/promises';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';

/** A decoded picture takes some hundred megabytes: so many are at work at once. */
const lanes = 2;

/** Milliseconds until work that failed is taken up again. */
const pause = 30_000;

/** What is done for an id. The signal tells it to stop; when it throws, it is called again later. */
type Work = (id: string, signal: AbortSignal) => Promise<void>;

/** Work by id, within this process, until it is closed. */
export class UploadQueue implements Closable {
  readonly #waiting = new Set<string>();
  readonly #atWork = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();

  constructor(
    private readonly work: Work,
    private readonly log: Logger,
  ) {}

  /** Does the work soon. An id that waits already waits once. */
  add(id: string): void {
    this.#waiting.add(id);
    this.#advance();
  }

  /** Stops taking up work and returns when nothing is at work any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#atWork.values());
  }

  #advance(): void {
    if (this.#closing.signal.aborted || this.#atWork.size >= lanes) return;
    const id = [...this.#waiting].find((candidate) => !this.#atWork.has(candidate));
    if (id === undefined) return;
    this.#waiting.delete(id);
    this.#atWork.set(id, this.#done(id));
    this.#advance();
  }

  async #done(id: string): Promise<void> {
    try {
      await this.work(id, this.#closing.signal);
    } catch (err) {
      if (!this.#closing.signal.aborted) await this.#later(id, err);
    } finally {
      this.#atWork.delete(id);
      this.#advance();
    }
  }

  /** Its lane stays taken: when nothing can be done now, more of it would not help. */
  async #later(id: string, err: unknown): Promise<void> {
    this.log.error({ err, id }, 'queued work failed');
    await wait(pause, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    this.#waiting.add(id);
  }
}
