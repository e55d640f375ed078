import { SettingsError } from '@marquee/chassis/config/settings';
import { type ObservedValue, observedValue } from '@marquee/chassis/telemetry/instruments';
import type { Logger } from '@marquee/chassis/telemetry/log';
import type { SupergraphSource } from './supergraph-source.js';

export interface SupergraphOptions {
  source: SupergraphSource;
  pollSeconds: number;
  log: Logger;
}

/** Executes operations on the supergraph. */
export interface SupergraphListener {
  /**
   * Replaces the supergraph.
   * @throws when the SDL is not a valid supergraph; the one that is loaded stays in use
   */
  load(sdl: string): Promise<void>;
}

const reloads = {
  loaded: observedValue('marquee.supergraph.loaded'),
  refused: observedValue('marquee.supergraph.refused'),
};

/** Loads the supergraph and polls its source for a new one. */
export class SupergraphWatcher {
  #timer: NodeJS.Timeout | undefined;
  #isPolling = false;
  /** 1 while an earlier supergraph is served, because the newest one was rejected. */
  readonly #isOutdated: ObservedValue;

  constructor(private readonly options: SupergraphOptions) {
    const { variable } = options.source;
    this.#isOutdated = observedValue('marquee.supergraph.outdated', { variable }, { kind: 'gauge' });
    this.#isOutdated.value = 0;
  }

  /**
   * Loads the supergraph and starts polling. If the newest one cannot be served, the latest earlier one that can is served
   * until the source has one that is valid. A later supergraph that is invalid is rejected. Both are logged.
   * @throws SettingsError when the source has no supergraph that can be read and served
   */
  async load(listener: SupergraphListener): Promise<void> {
    try {
      await this.#loadNewest(listener);
    } catch (failure) {
      if (!(await this.#loadEarlier(listener, failure))) throw failure;
    }
    this.#timer = setInterval(() => void this.#poll(listener), this.options.pollSeconds * 1000);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #loadNewest(listener: SupergraphListener): Promise<void> {
    const { source } = this.options;
    const sdl = await source.read();
    await listener.load(sdl).catch((error: Error) => {
      if (error instanceof SettingsError) throw error;
      throw new SettingsError([
        `${source.variable}: "${source.name}" is not a supergraph that can be served: ${error.message}`,
      ]);
    });
    await this.#keep(sdl);
  }

  /** Returns whether there is an earlier supergraph that can be served. */
  async #loadEarlier(listener: SupergraphListener, failure: unknown): Promise<boolean> {
    const { source, log } = this.options;
    try {
      for await (const { name, sdl } of source.earlier()) {
        if (!(await isLoaded(listener, sdl))) continue;
        this.#isOutdated.value = 1;
        reloads.refused.value += 1;
        log.error(
          { err: failure, supergraph: source.name, served: name },
          'the newest supergraph cannot be served; an earlier one is served until it can',
        );
        return true;
      }
    } catch (err) {
      log.error({ err, supergraph: source.name }, 'cannot read earlier supergraphs');
    }
    return false;
  }

  async #poll(listener: SupergraphListener): Promise<void> {
    if (this.#isPolling) return;
    const { source, log } = this.options;
    this.#isPolling = true;
    try {
      const sdl = await source.changed();
      if (sdl !== undefined) await this.#reload(sdl, listener);
    } catch (err) {
      log.error({ err, supergraph: source.name }, 'cannot read the supergraph; the loaded one stays in use');
    } finally {
      this.#isPolling = false;
    }
  }

  async #reload(sdl: string, listener: SupergraphListener): Promise<void> {
    const { source, log } = this.options;
    try {
      await listener.load(sdl);
    } catch (err) {
      reloads.refused.value += 1;
      this.#isOutdated.value = 1;
      log.error({ err, supergraph: source.name }, 'supergraph rejected; the loaded one stays in use');
      return;
    }
    reloads.loaded.value += 1;
    this.#isOutdated.value = 0;
    log.info({ supergraph: source.name }, 'supergraph reloaded');
    await this.#keep(sdl);
  }

  /** Containers often have a read-only file system, where the file cannot break either: this is no warning. */
  async #keep(sdl: string): Promise<void> {
    const { source, log } = this.options;
    await source.keep?.(sdl).catch((err: unknown) => {
      log.info({ err, supergraph: source.name }, 'the supergraph could not be kept for a start with a broken one');
    });
  }
}

function isLoaded(listener: SupergraphListener, sdl: string): Promise<boolean> {
  return listener.load(sdl).then(
    () => true,
    () => false,
  );
}
