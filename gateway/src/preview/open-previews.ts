import { SettingsError } from '@marquee/chassis/config/settings';
import type { Closable } from '@marquee/chassis/process/closers';

export interface OpenPreviewsOptions<Preview> {
  /** A further preview closes the one whose last request is the oldest, once it has loaded itself. */
  maxPreviews: number;
  /** @throws SettingsError for a preview that does not exist */
  open(name: string): Promise<Preview>;
  /** Receives the failure of closing a preview that made room for another. */
  onCloseFailure(failure: unknown): void;
}

/** The previews that are open or being opened, and the names of those that have loaded, by their last request. */
export class OpenPreviews<Preview extends Closable> {
  readonly #open = new Map<string, Promise<Preview>>();
  readonly #loaded = new Set<string>();

  constructor(private readonly options: OpenPreviewsOptions<Preview>) {}

  has(name: string | undefined): boolean {
    return name !== undefined && this.#open.has(name);
  }

  /** Opens the preview if it is not open yet. Undefined if its supergraph does not load. */
  async find(name: string): Promise<Preview | undefined> {
    if (this.#loaded.delete(name)) this.#loaded.add(name);
    try {
      return await (this.#open.get(name) ?? this.#begin(name));
    } catch (failure) {
      // A later request tries again: the preview may be published meanwhile.
      this.#open.delete(name);
      if (failure instanceof SettingsError) return undefined;
      throw failure;
    }
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((name) => this.#close(name)));
  }

  #begin(name: string): Promise<Preview> {
    const opening = this.options.open(name).then((preview) => {
      this.#closeSurplus(name);
      return preview;
    });
    this.#open.set(name, opening);
    return opening;
  }

  /** Called once a preview has loaded: a name without one closes no other. */
  #closeSurplus(name: string): void {
    if (this.#open.has(name)) this.#loaded.add(name);
    const [oldest] = this.#loaded;
    if (this.#loaded.size > this.options.maxPreviews && oldest !== undefined)
      this.#close(oldest).catch(this.options.onCloseFailure);
  }

  async #close(name: string): Promise<void> {
    const opening = this.#open.get(name);
    this.#open.delete(name);
    this.#loaded.delete(name);
    const preview = await opening?.catch(() => undefined);
    await preview?.close();
  }
}
