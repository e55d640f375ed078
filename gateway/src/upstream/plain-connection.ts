import { connect, type Socket } from 'node:net';
import { ResponseReader } from './response-reader.js';
import type { ResponseReceiver, ServiceClientOptions, ServiceResponse } from './service-client.js';

/** Called by a connection. */
export interface ConnectionEvents {
  /** The response has arrived, and another request may be sent. */
  onIdle(connection: PlainConnection): void;
  /** Called once, when no request can be sent any more. */
  onEnd(connection: PlainConnection): void;
}

/** All connections read into the same memory: its content is processed or copied at once. */
const received = Buffer.allocUnsafeSlow(64 * 1024);

/** A connection to a service, with one request at a time. */
export class PlainConnection {
  /** The requests that it has carried. */
  requests = 0;
  /** Whether it ends with the request in flight. */
  isLast = false;
  /** When it is idle for too long, in milliseconds of `performance.now()`. */
  idleUntil = Infinity;
  readonly #socket: Socket;
  readonly #reader: ResponseReader;
  readonly #connectTimer: NodeJS.Timeout;
  #receiver: ResponseReceiver | undefined;
  #failure: Error | undefined;

  constructor(
    { hostname, port }: URL,
    private readonly options: ServiceClientOptions,
    private readonly events: ConnectionEvents,
  ) {
    this.#reader = new ResponseReader(options.maxResponseBytes);
    const onread = { buffer: received, callback: (length: number) => this.#read(length) };
    const host = hostname.replace(/^\[|\]$/g, '');
    this.#socket = connect({ host, port: Number(port || 80), noDelay: true, onread });
    this.#connectTimer = setTimeout(
      () => this.#fail(new Error('The connection was not opened in time.')),
      options.connectMs,
    );
    this.#socket
      .once('connect', () => clearTimeout(this.#connectTimer))
      .on('error', (failure) => (this.#failure ??= failure))
      .once('end', () => this.#onEnd())
      .once('close', () => this.#onClose());
  }

  /** Whether a request can be sent, as far as is known. */
  get isUsable(): boolean {
    return this.#socket.writable;
  }

  /** @param start the request up to the headers of its body, in ASCII */
  send(start: string, body: string, receiver: ResponseReceiver): void {
    this.#receiver = receiver;
    this.requests += 1;
    this.idleUntil = Infinity;
    const length = Buffer.byteLength(body);
    const text = `${start}content-length: ${length}\r\n\r\n${body}`;
    // Latin-1 is written without a conversion, and is the same for ASCII.
    this.#socket.write(text, length === body.length ? 'latin1' : 'utf8');
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** @returns true to read on */
  #read(length: number): boolean {
    // A service has nothing to say before it is asked.
    if (!this.#receiver) this.destroy();
    else this.#onResponse(this.#parse(received.subarray(0, length)));
    return true;
  }

  #parse(bytes: Buffer): ServiceResponse | undefined {
    try {
      return this.#reader.read(bytes);
    } catch (failure) {
      this.#fail(failure as Error);
      return undefined;
    }
  }

  /** Nothing can arrive any more, whether or not the service still reads. */
  #onEnd(): void {
    this.#onResponse(this.#reader.end());
    this.destroy();
  }

  #onResponse(response: ServiceResponse | undefined): void {
    const receiver = this.#receiver;
    if (!response || !receiver) return;
    this.#receiver = undefined;
    const { keepAliveMs } = this.#reader;
    // A service may respond before it has read the whole request.
    const isReusable = !this.isLast && keepAliveMs > 0 && this.#socket.writableLength === 0 && !this.#socket.destroyed;
    if (isReusable) {
      this.idleUntil = performance.now() + Math.min(keepAliveMs, this.options.keepAliveMs);
      this.events.onIdle(this);
    } else {
      this.destroy();
    }
    receiver.onResponse(response);
  }

  #fail(failure: Error): void {
    this.#failure ??= failure;
    this.destroy();
  }

  #onClose(): void {
    clearTimeout(this.#connectTimer);
    const receiver = this.#receiver;
    this.#receiver = undefined;
    this.events.onEnd(this);
    receiver?.onFailure(this.#failure ?? new Error('The service closed the connection.'));
  }
}
