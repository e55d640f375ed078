import { Client, type Dispatcher } from 'undici';
import type { PoolLoad } from './pool-load.js';

/** A client of undici with one connection, which it replaces as `PoolLoad` determines. */
export class RenewedClient extends Client {
  readonly #load: PoolLoad;
  #requests = 0;

  constructor(origin: URL, options: Client.Options, load: PoolLoad) {
    super(origin, options);
    this.#load = load;
    this.on('disconnect', () => (this.#requests = 0));
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    this.#requests += 1;
    if (this.#requests >= this.#load.count()) {
      options.reset = true;
      this.#requests = 0;
    }
    return super.dispatch(options, handler);
  }
}
