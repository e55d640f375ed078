import { SettingsError } from '@marquee/chassis/config/settings';
import { reading } from '@marquee/chassis/telemetry/instruments';
import type { Logger } from '@marquee/chassis/telemetry/log';
import type { Subgraph } from '../engine/planner/messages.js';
import { type LoadedPlanning, openPlanning } from '../engine/planner/planning.js';
import type { SupergraphSource } from './source.js';

export interface SupergraphOptions {
  source: SupergraphSource;
  /** How often it is looked at. */
  pollSeconds: number;
  /** Takes the subgraphs in, again when a supergraph is loaded that may have moved them. */
  subgraphs(subgraphs: readonly Subgraph[]): void;
  log: Logger;
}

/** What runs operations over the supergraph. */
export interface SupergraphUser {
  /** Gets ready for another supergraph, before it counts. */
  warmUp(planning: LoadedPlanning): Promise<void>;
  /** New operations run over this one from now on. */
  swap(planning: LoadedPlanning): void;
}

const reloads = { loaded: reading('marquee.supergraph.loaded'), refused: reading('marquee.supergraph.refused') };

/** Owns the supergraph's life. */
export class SupergraphLife {
  #timer: NodeJS.Timeout | undefined;
  #looking = false;

  constructor(private readonly options: SupergraphOptions) {}

  /**
   * Loads the supergraph and looks from then on whether there is another. One that is none is refused, and what was
   * loaded before stays.
   * @throws SettingsError when the first cannot be read or is not a Federation 2 supergraph
   */
  async load(user: SupergraphUser): Promise<void> {
    const { source, pollSeconds } = this.options;
    const sdl = await source.read();
    await this.#take(sdl, user).catch((failure: Error) => {
      if (failure instanceof SettingsError) throw failure;
      throw new SettingsError([`${source.variable}: "${source.name}" is not a supergraph: ${failure.message}`]);
    });
    this.#timer = setInterval(() => void this.#lookOnce(user), pollSeconds * 1000);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #take(sdl: string, user: SupergraphUser): Promise<void> {
    const planning = await openPlanning(sdl);
    try {
      await user.warmUp(planning);
      this.options.subgraphs(planning.subgraphs);
      user.swap(planning);
    } catch (failure) {
      planning.release();
      throw failure;
    }
  }

  async #lookOnce(user: SupergraphUser): Promise<void> {
    if (this.#looking) return;
    const { source, log } = this.options;
    this.#looking = true;
    try {
      const sdl = await source.changed();
      if (sdl !== undefined) await this.#takeOrRefuse(sdl, user);
    } catch (err) {
      log.error({ err, supergraph: source.name }, 'cannot read the supergraph; the one that is loaded stays');
    } finally {
      this.#looking = false;
    }
  }

  async #takeOrRefuse(sdl: string, user: SupergraphUser): Promise<void> {
    const { source, log } = this.options;
    try {
      await this.#take(sdl, user);
      reloads.loaded.value += 1;
      log.info({ supergraph: source.name }, 'supergraph loaded again');
    } catch (err) {
      reloads.refused.value += 1;
      log.error({ err, supergraph: source.name }, 'supergraph refused; the one that is loaded stays');
    }
  }
}
