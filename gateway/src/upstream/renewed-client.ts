import { Client, type Dispatcher } from 'undici';

/** How often a pool replaces a connection under steady load. */
const renewalsPerSecond = 5;

/** Requests that a connection carries at least, so that opening connections stays a small part of the work. */
const minRequests = 16;

/**
 * Decides how many requests each connection of a pool carries. Load balancers choose a replica for each connection, so a
 * replica that was added gets its share only if connections are replaced although they are never idle. Connections are
 * used unequally; since each ends after the same number of requests, replicas with the same number of connections still
 * get the same number of requests. The number grows with the load, since opening a connection costs more than a request.
 */
export class ConnectionRenewal {
  #secondStart = 0;
  #requests = 0;
  #requestsBefore = 0;

  /** Counts a request. @returns the number of requests after which its connection is replaced */
  countRequest(): number {
    const now = performance.now();
    if (now - this.#secondStart >= 1_000) {
      this.#secondStart = now;
      this.#requestsBefore = this.#requests;
      this.#requests = 0;
    }
    this.#requests += 1;
    return Math.max(minRequests, Math.max(this.#requests, this.#requestsBefore) / renewalsPerSecond);
  }
}

/**
 * A client with one connection, which it replaces in time: the last request on a connection announces that it is the last
 * one (`connection: close`), and the next request opens a new connection. No request is interrupted.
 */
export class RenewedClient extends Client {
  readonly #renewal: ConnectionRenewal;
  #requests = 0;

  constructor(origin: URL, options: Client.Options, renewal: ConnectionRenewal) {
    super(origin, options);
    this.#renewal = renewal;
    this.on('disconnect', () => (this.#requests = 0));
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    this.#requests += 1;
    if (this.#requests >= this.#renewal.countRequest()) {
      options.reset = true;
      this.#requests = 0;
    }
    return super.dispatch(options, handler);
  }
}
