import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { StoreError } from '../errors/store-error.js';
import type { Cancellation } from '../telemetry/request-scope.js';

/** One attempt to send a request. */
export interface HttpAttempt {
  path: string;
  /** Names and values in turn. */
  headers: string[];
  body: string;
  /** Milliseconds for the whole response. */
  timeoutMs: number;
  /** Gives the attempt up. Default: only the time limit does. */
  cancellation?: Cancellation | undefined;
}

export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/**
 * Sends a POST request and collects the whole response, which is small. A connection that does not answer in time is
 * closed, not reused.
 * @throws Error `TimeoutError` after the time limit, StoreError `deadline` if it was cancelled, or the connection's error
 */
export function postOnce(pool: Dispatcher, attempt: HttpAttempt): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const { path, headers, body } = attempt;
    pool.dispatch({ method: 'POST', path, headers, body }, new HttpExchange(attempt, resolve, reject));
  });
}

class HttpExchange implements Dispatcher.DispatchHandler {
  readonly #chunks: Buffer[] = [];
  readonly #timer: NodeJS.Timeout;
  readonly #cancellation: Cancellation | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #failure: Error | undefined;
  #status = 0;
  #headers: IncomingHttpHeaders = {};

  constructor(
    { timeoutMs, cancellation }: HttpAttempt,
    private readonly resolve: (answer: HttpAnswer) => void,
    private readonly reject: (failure: Error) => void,
  ) {
    this.#timer = setTimeout(() => this.#abort(timeoutError(timeoutMs)), timeoutMs);
    this.#cancellation = cancellation;
    cancellation?.onCancel(this.#cancel);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#failure) controller.abort(this.#failure);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#release();
    const [first, ...more] = this.#chunks;
    const body = first && more.length === 0 ? first : Buffer.concat(this.#chunks);
    this.resolve({ status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_: Dispatcher.DispatchController, failure: Error): void {
    this.#fail(failure);
  }

  readonly #cancel = (): void => this.#abort(new StoreError('deadline'));

  /** A request that still waits for a connection is not sent. */
  #abort(failure: Error): void {
    this.#failure = failure;
    this.#controller?.abort(failure);
    this.#fail(failure);
  }

  #fail(failure: Error): void {
    this.#release();
    this.reject(failure);
  }

  #release(): void {
    clearTimeout(this.#timer);
    this.#cancellation?.offCancel(this.#cancel);
  }
}

function timeoutError(timeoutMs: number): Error {
  return Object.assign(new Error(`no response within ${timeoutMs} ms`), { name: 'TimeoutError' });
}
