import { Client, type Dispatcher } from 'undici';

/**
 * Requests on one connection. Load balancers choose a replica for each connection, so a replica that was added gets its
 * share although no connection is ever idle. Connections are used unequally; since each ends after the same number of
 * requests, replicas with the same number of connections still get the same number of requests.
 */
const maxRequests = 48;

/** Mean milliseconds after which a connection with fewer requests is replaced. */
const meanLifetimeMs = 5_000;

/**
 * A client with one connection, which it replaces in time: the last request on a connection announces that it is the last
 * one (`connection: close`), and the next request opens a new connection. No request is interrupted.
 */
export class RenewedClient extends Client {
  #requestsLeft = maxRequests;
  #expiresAt = Infinity;

  constructor(origin: URL, options: Client.Options) {
    super(origin, options);
    this.on('connect', () => (this.#expiresAt = performance.now() + randomLifetime()));
    this.on('disconnect', () => this.#startOver());
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    this.#requestsLeft -= 1;
    if (this.#requestsLeft <= 0 || performance.now() > this.#expiresAt) {
      options.reset = true;
      this.#startOver();
    }
    return super.dispatch(options, handler);
  }

  #startOver(): void {
    this.#requestsLeft = maxRequests;
    this.#expiresAt = Infinity;
  }
}

/** They differ, so that connections that were opened together are not replaced together. */
function randomLifetime(): number {
  return meanLifetimeMs * (0.5 + Math.random());
}
