import { Client, type Dispatcher } from 'undici';

/** How often a pool replaces a connection under steady load. */
const renewalsPerSecond = 5;

/** Requests that a connection carries at least, so that opening connections stays a small part of the work. */
const minRequests = 16;

/** The requests of a pool. */
export interface PoolLoad {
  /** When the current second began, from `performance.now`. */
  secondStart: number;
  /** In the current second, and in the one before. */
  requests: number;
  requestsBefore: number;
}

/**
 * A client with one connection, which it replaces in time: the last request on a connection announces that it is the last
 * one (`connection: close`), and the next request opens a new connection. No request is interrupted.
 *
 * Load balancers choose a replica for each connection, so a replica that was added gets its share only if connections are
 * replaced although they are never idle. Connections are used unequally; since each ends after the same number of requests,
 * replicas with the same number of connections still get the same number of requests. That number grows with the load of
 * the pool, since opening a connection costs more than a request.
 */
export class RenewedClient extends Client {
  readonly #load: PoolLoad;
  #requests = 0;

  constructor(origin: URL, options: Client.Options, load: PoolLoad) {
    super(origin, options);
    this.#load = load;
    this.on('disconnect', () => (this.#requests = 0));
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const load = this.#load;
    const now = performance.now();
    if (now - load.secondStart >= 1_000) {
      load.requestsBefore = load.requests;
      load.requests = 0;
      load.secondStart = now;
    }
    load.requests += 1;
    this.#requests += 1;
    const perSecond = Math.max(load.requests, load.requestsBefore);
    if (this.#requests >= Math.max(minRequests, perSecond / renewalsPerSecond)) {
      options.reset = true;
      this.#requests = 0;
    }
    return super.dispatch(options, handler);
  }
}
