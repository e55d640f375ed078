import { PlainConnection } from './plain-connection.js';
import { PoolLoad } from './pool-load.js';
import type {
  GiveUp,
  PostRequest,
  ResponseReceiver,
  ServiceClient,
  ServiceClientOptions,
  ServiceResponse,
} from './service-client.js';

/** Milliseconds between two searches for connections that are idle for too long. */
const sweepMs = 250;

/** Anything but visible ASCII characters, blanks and tabs: a line break would begin another header. */
const unsafe = /[^\t\x20-\x7e]/;

/**
 * A client for HTTP/1.1 without TLS, with only the features that the gateway needs: POST with a body that is there, whole
 * responses, one request at a time on each connection. It takes less CPU time than undici, see the README.
 */
export class PlainClient implements ServiceClient {
  readonly #start: string;
  readonly #load = new PoolLoad();
  /** The connections without a request, the most recently used last. */
  readonly #idle: PlainConnection[] = [];
  readonly #waiting: Exchange[] = [];
  #open = 0;
  #sweeper: NodeJS.Timeout | undefined;
  #onClosed: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  constructor(
    private readonly url: URL,
    private readonly options: ServiceClientOptions,
  ) {
    this.#start = `POST ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\n`;
  }

  post({ headers, body }: PostRequest, receiver: ResponseReceiver): GiveUp {
    const exchange = new Exchange(headersText(headers), body, receiver);
    const connection = this.#nextIdle() ?? this.#connect();
    if (connection) this.#send(connection, exchange);
    else this.#waiting.push(exchange);
    return () => exchange.giveUp();
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    const closed = new Promise<void>((resolve) => (this.#onClosed = resolve));
    clearInterval(this.#sweeper);
    for (const connection of this.#idle.splice(0)) connection.destroy();
    if (this.#open === 0) return;
    await closed;
  }

  /** One that the service has closed is still there until this process knows. */
  #nextIdle(): PlainConnection | undefined {
    const now = performance.now();
    for (let next = this.#idle.pop(); next; next = this.#idle.pop()) {
      if (next.isUsable && next.idleUntil > now) return next;
      next.destroy();
    }
    return undefined;
  }

  /** A new connection, or undefined if there are as many as permitted. */
  #connect(): PlainConnection | undefined {
    if (this.#open >= this.options.connections) return undefined;
    this.#open += 1;
    this.#sweeper ??= setInterval(() => this.#sweep(), sweepMs).unref();
    return new PlainConnection(this.url, this.options, {
      onIdle: (connection) => this.#onIdle(connection),
      onEnd: (connection) => this.#onEnd(connection),
    });
  }

  #send(connection: PlainConnection, exchange: Exchange): void {
    connection.isLast = connection.requests + 1 >= this.#load.count();
    const start = `${this.#start}connection: ${connection.isLast ? 'close' : 'keep-alive'}\r\n${exchange.headers}`;
    exchange.connection = connection;
    connection.send(start, exchange.body, exchange);
  }

  #onIdle(connection: PlainConnection): void {
    const next = this.#nextWaiting();
    if (next) this.#send(connection, next);
    else if (this.#onClosed) connection.destroy();
    else this.#idle.push(connection);
  }

  #onEnd(connection: PlainConnection): void {
    this.#open -= 1;
    const index = this.#idle.indexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
    const next = this.#nextWaiting();
    const fresh = next && this.#connect();
    if (next && fresh) this.#send(fresh, next);
    else if (this.#open === 0) this.#onClosed?.();
  }

  #nextWaiting(): Exchange | undefined {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) if (!next.isGivenUp) return next;
    return undefined;
  }

  #sweep(): void {
    const now = performance.now();
    const kept = this.#idle.filter(({ idleUntil }) => idleUntil > now);
    const expired = this.#idle.splice(0, this.#idle.length, ...kept).filter(({ idleUntil }) => idleUntil <= now);
    for (const connection of expired) connection.destroy();
  }
}

/** A request with its receiver. */
class Exchange implements ResponseReceiver {
  connection: PlainConnection | undefined;
  isGivenUp = false;

  constructor(
    readonly headers: string,
    readonly body: string,
    private readonly receiver: ResponseReceiver,
  ) {}

  giveUp(): void {
    this.isGivenUp = true;
    this.connection?.destroy();
  }

  onResponse(response: ServiceResponse): void {
    this.connection = undefined;
    if (!this.isGivenUp) this.receiver.onResponse(response);
  }

  onFailure(failure: Error): void {
    this.connection = undefined;
    if (!this.isGivenUp) this.receiver.onFailure(failure);
  }
}

/** @throws TypeError if a value could begin another header */
function headersText(headers: readonly string[]): string {
  let [text, values] = ['', ''];
  for (let index = 0; index < headers.length; index += 2) {
    text += `${headers[index]}: ${headers[index + 1]}\r\n`;
    values += headers[index + 1];
  }
  if (unsafe.test(values)) throw new TypeError('A header has an invalid value.');
  return text;
}
