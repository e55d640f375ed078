/** How often the connections of a pool are replaced under steady load. */
const renewalsPerSecond = 5;

/** Requests that a connection carries at least, so that opening connections stays a small part of the work. */
const minRequests = 16;

/**
 * The requests to one service, which determine when a connection is replaced: the last request on a connection announces
 * that it is the last one (`connection: close`), and the next request opens a new connection. No request is interrupted.
 *
 * Load balancers choose a replica for each connection, so a replica that was added gets its share only if connections are
 * replaced although they are never idle. Connections are used unequally; since each ends after the same number of requests,
 * replicas with the same number of connections still get the same number of requests. That number grows with the load of
 * the pool, since opening a connection costs more than a request.
 */
export class PoolLoad {
  /** When the current second began, from `performance.now`. */
  #secondStart = 0;
  #requests = 0;
  #requestsBefore = 0;

  /** Counts a request. Returns the number of requests after which a connection is replaced. */
  count(): number {
    const now = performance.now();
    if (now - this.#secondStart >= 1_000) {
      this.#requestsBefore = this.#requests;
      this.#requests = 0;
      this.#secondStart = now;
    }
    this.#requests += 1;
    return Math.max(minRequests, Math.max(this.#requests, this.#requestsBefore) / renewalsPerSecond);
  }
}
