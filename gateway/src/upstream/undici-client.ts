import type { IncomingHttpHeaders } from 'node:http';
import { type Dispatcher, Pool } from 'undici';
import { PoolLoad } from './pool-load.js';
import { RenewedClient } from './renewed-client.js';
import {
  type ResponseReceiver,
  ResponseTooLarge,
  type ServiceClient,
  type ServiceClientOptions,
} from './service-client.js';

/** A client for services that `PlainClient` cannot reach: those over TLS. */
export function openUndiciClient(url: URL, options: ServiceClientOptions): ServiceClient {
  const { connections, connectMs, keepAliveMs, maxResponseBytes } = options;
  const path = `${url.pathname}${url.search}`;
  const load = new PoolLoad();
  const pool = new Pool(url.origin, {
    connections,
    factory: (at, clientOptions) => new RenewedClient(at, clientOptions, load),
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    maxResponseSize: maxResponseBytes,
    // Disabled: the deadline of each request covers all phases.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: connectMs },
  });
  return {
    close: () => pool.close(),
    post({ headers, body }, receiver) {
      const collector = new ResponseCollector(receiver);
      pool.dispatch({ method: 'POST', path, headers: [...headers], body }, collector);
      return () => collector.giveUp();
    },
  };
}

class ResponseCollector implements Dispatcher.DispatchHandler {
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #isGivenUp = false;
  #status = 0;
  #headers: IncomingHttpHeaders = {};

  constructor(private readonly receiver: ResponseReceiver) {}

  giveUp(): void {
    this.#isGivenUp = true;
    this.#controller?.abort(new Error('The request was given up.'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isGivenUp) this.giveUp();
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const body = Buffer.concat(this.#chunks);
    const entries = Object.entries(this.#headers).map(([name, value]) => [name, value?.toString()]);
    const headers = Object.fromEntries(entries) as Record<string, string | undefined>;
    this.receiver.onResponse({ status: this.#status, headers, text: body.toString(), bytes: body.length });
  }

  onResponseError(_: Dispatcher.DispatchController, failure: Error): void {
    if (this.#isGivenUp) return;
    const isTooLarge = (failure as { code?: string }).code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE';
    this.receiver.onFailure(isTooLarge ? new ResponseTooLarge(failure.message) : failure);
  }
}
