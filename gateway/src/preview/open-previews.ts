import { setTimeout as wait } from 'node:timers/promises';
import { SettingsError } from '@marquee/chassis/config/settings';
import { getOrCreate } from '@marquee/chassis/caching/memoize';
import type { Closable } from '@marquee/chassis/process/closers';

/** A preview graph whose requests can be ended before it is closed. */
export interface Drainable extends Closable {
  /** Interrupts its event streams, spread over this time in milliseconds, so that clients reconnect. */
  drain(milliseconds: number): Promise<void>;
}

export interface OpenPreviewsOptions<Preview> {
  /**
   * A further preview closes the one whose last request is the oldest, once it has loaded itself. One more than these may use
   * memory at a time, with those that are being opened or closed.
   */
  maxPreviews: number;
  /** Whether there is a preview of this name. Its memory is not needed yet. */
  exists(name: string): Promise<boolean>;
  /** @throws SettingsError for a preview that does not load */
  open(name: string): Promise<Preview>;
  /** Receives the failure of closing a preview that made room for another. */
  onCloseFailure(failure: unknown): void;
  /** Milliseconds in which the requests of a preview that made room for another finish. */
  drainMs: number;
}

/** Whether a request was served, or why not: there is no such preview, or too many use memory or are being looked up. */
export type PreviewUse = 'served' | 'missing' | 'busy';

/** Names that are looked up at a time, so that unknown ones occupy few connections to the registry. */
const maxLookups = 20;

/** The previews that are open or being opened. */
export class OpenPreviews<Preview extends Drainable> {
  readonly #open = new Map<string, OpenPreview<Preview>>();
  /** Names of which it is not known yet whether they have a preview. */
  readonly #lookups = new Map<string, Promise<boolean>>();
  /** Those that have loaded, by their last request. */
  readonly #loaded = new Set<OpenPreview<Preview>>();
  /** The number of those that made room for others and are not closed yet. */
  #closing = 0;

  constructor(private readonly options: OpenPreviewsOptions<Preview>) {}

  has(name: string | undefined): boolean {
    return name !== undefined && this.#open.has(name);
  }

  /** Opens the preview if it is not open yet, and keeps it open while the work goes on. */
  async use(name: string, work: (preview: Preview) => Promise<void>): Promise<PreviewUse> {
    const entry = this.#open.get(name) ?? (await this.#find(name));
    if (!(entry instanceof OpenPreview)) return entry;
    if (this.#loaded.delete(entry)) this.#loaded.add(entry);
    return entry.during(async () => {
      const preview = await this.#opened(entry);
      if (preview) await work(preview);
      return preview ? 'served' : 'missing';
    });
  }

  /** Interrupts the event streams of all previews, spread over this time in milliseconds. */
  async drainAll(milliseconds: number): Promise<void> {
    await Promise.all([...this.#loaded].map(async (entry) => (await entry.opening).drain(milliseconds)));
  }

  /** Closes all previews, without waiting for their requests. */
  async closeAll(): Promise<void> {
    const entries = [...this.#open.values()];
    this.#open.clear();
    this.#loaded.clear();
    await Promise.all(entries.map(async ({ opening }) => (await opening.catch(() => undefined))?.close()));
  }

  /** Looks a preview up before it takes a place, so that names without one take none from those that exist. */
  async #find(name: string): Promise<OpenPreview<Preview> | 'missing' | 'busy'> {
    if (this.#lookups.size >= maxLookups && !this.#lookups.has(name)) return 'busy';
    const lookUp = () => this.options.exists(name).finally(() => this.#lookups.delete(name));
    if (!(await getOrCreate(this.#lookups, name, lookUp))) return 'missing';
    return this.#open.get(name) ?? this.#begin(name) ?? 'busy';
  }

  /** Undefined if those that are open, being opened or being closed leave no memory. */
  #begin(name: string): OpenPreview<Preview> | undefined {
    if (this.#open.size + this.#closing > this.options.maxPreviews) return undefined;
    const entry = new OpenPreview(this.options.open(name));
    this.#open.set(name, entry);
    entry.opening.then(
      () => this.#makeRoom(name, entry),
      // A later request tries again: the preview may be published meanwhile.
      () => this.#open.delete(name),
    );
    return entry;
  }

  async #opened(entry: OpenPreview<Preview>): Promise<Preview | undefined> {
    try {
      return await entry.opening;
    } catch (failure) {
      if (failure instanceof SettingsError) return undefined;
      throw failure;
    }
  }

  /** Called once a preview has loaded: a name without one closes no other. */
  #makeRoom(name: string, entry: OpenPreview<Preview>): void {
    if (this.#open.get(name) === entry) this.#loaded.add(entry);
    const [oldest] = this.#loaded;
    if (this.#loaded.size <= this.options.maxPreviews || oldest === undefined) return;
    this.#loaded.delete(oldest);
    for (const [known, one] of this.#open) if (one === oldest) this.#open.delete(known);
    void this.#close(oldest);
  }

  async #close(entry: OpenPreview<Preview>): Promise<void> {
    this.#closing += 1;
    try {
      await entry.close(this.options.drainMs);
    } catch (failure) {
      this.options.onCloseFailure(failure);
    } finally {
      this.#closing -= 1;
    }
  }
}

/** A preview with the number of its requests. */
class OpenPreview<Preview extends Drainable> {
  #requests = 0;
  #onIdle: (() => void) | undefined;

  constructor(readonly opening: Promise<Preview>) {}

  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#requests += 1;
    try {
      return await work();
    } finally {
      this.#requests -= 1;
      if (this.#requests === 0) this.#onIdle?.();
    }
  }

  /** Lets its requests finish within a time in milliseconds, and interrupts its event streams. */
  async close(milliseconds: number): Promise<void> {
    const preview = await this.opening;
    await preview.drain(milliseconds);
    await Promise.race([this.#idle(), wait(milliseconds, undefined, { ref: false })]);
    await preview.close();
  }

  async #idle(): Promise<void> {
    if (this.#requests > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
  }
}
