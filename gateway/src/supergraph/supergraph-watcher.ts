import { SettingsError } from '@marquee/chassis/config/settings';
import { observedValue } from '@marquee/chassis/telemetry/instruments';
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

  constructor(private readonly options: SupergraphOptions) {}

  /**
   * Loads the supergraph and starts polling. A later supergraph that is invalid is rejected and logged.
   * @throws SettingsError when the first supergraph cannot be read or is not a Federation 2 supergraph
   */
  async load(listener: SupergraphListener): Promise<void> {
    const { source, pollSeconds } = this.options;
    const sdl = await source.read();
    await listener.load(sdl).catch((error: Error) => {
      if (error instanceof SettingsError) throw error;
      throw new SettingsError([
        `${source.variable}: "${source.name}" is not a supergraph that can be served: ${error.message}`,
      ]);
    });
    this.#timer = setInterval(() => void this.#poll(listener), pollSeconds * 1000);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
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
      reloads.loaded.value += 1;
      log.info({ supergraph: source.name }, 'supergraph reloaded');
    } catch (err) {
      reloads.refused.value += 1;
      log.error({ err, supergraph: source.name }, 'supergraph rejected; the loaded one stays in use');
    }
  }
}
