import type { CallerSigner } from '@marquee/chassis/identity/caller-signature';
import { restoreNumbers } from '@marquee/chassis/json/lossless-json';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { Pool } from 'undici';
import type { GatewaySettings } from '../config.js';
import type { OperationContext } from '../engine/operation-context.js';
import type { UpstreamResponse } from './upstream-response.js';
import type { Deadline } from './deadline.js';
import { ResiliencePolicy, type ResilienceSetting } from './resilience-policy.js';
import { sendRequest } from './http-request.js';
import { openSubgraphStreams, type SubgraphStreams } from './subgraph-streams.js';
import { createUpstreamTelemetry } from './upstream-telemetry.js';

export interface UpstreamOptions {
  name: string;
  url: URL;
  settings: Pick<GatewaySettings, ResilienceSetting>;
  signer: CallerSigner;
  log: Logger;
}

/** A GraphQL operation for one subgraph. */
export interface UpstreamOperation {
  query: string;
  variables?: Record<string, unknown> | undefined;
  operationName?: string | undefined;
  /** A mutation is never retried. Default: query. */
  kind?: 'query' | 'mutation' | 'subscription';
  /** The operation as JSON, if it is already serialised. */
  body?: string;
}

/** A client of one subgraph, with a pool of persistent connections. */
export interface Upstream extends Closable {
  readonly name: string;
  /** The URL of its GraphQL endpoint. */
  readonly url: URL;
  /**
   * Sends an operation as this caller. Of the client's request it forwards only the id, the trace and the remaining time.
   * A query is retried within that time if its connection fails or the status is 502 or 503; a mutation never is.
   *
   * @param context includes the signal that aborts the request when the client disconnects
   * @throws UpstreamFailure if no GraphQL response arrives in time; already logged and counted
   */
  execute(operation: UpstreamOperation, context: OperationContext): Promise<UpstreamResponse>;
  /** Subscribes to events; see `SubgraphStreams`. */
  subscribe: SubgraphStreams['subscribe'];
  close(): Promise<void>;
}

/**
 * Milliseconds that an idle connection is kept, whatever the server offers. It is less than the 5 s for which a draining
 * service continues to serve: connections in use receive `connection: close` in that time and idle ones expire, so none
 * is closed while a request is being sent on it.
 */
const keepAliveMs = 4_000;

/** Maximum milliseconds for opening a connection: short enough to leave time for a retry. */
const maxConnectMs = 1_000;

/** Maximum size of a response in bytes. */
const maxResponseBytes = 32 * 1024 * 1024;

export function openUpstream({ name, url, settings, signer, log }: UpstreamOptions): Upstream {
  const timeout = settings.SUBGRAPH_TIMEOUT_SECONDS * 1000;
  const pool = openPool(url, settings.SUBGRAPH_CONCURRENCY, timeout);
  const streams = openSubgraphStreams({ name, url, signer, log, openTimeoutMs: timeout });
  const policy = new ResiliencePolicy({ name, settings, log });
  const target = {
    name,
    path: `${url.pathname}${url.search}`,
    pool,
    telemetry: createUpstreamTelemetry(name, url),
    log,
  };
  return {
    name,
    url,
    close: async () => void (await Promise.all([streams.close(), policy.idle().then(() => pool.close())])),
    subscribe: streams.subscribe,
    execute(operation, { caller, scope, cancellation, work }) {
      const body = restoreNumbers(operation.body ?? JSON.stringify(operation));
      const attempt = (deadline: Deadline): Promise<UpstreamResponse> => {
        const send = (signedCaller: string) => sendRequest(target, { body, signedCaller, deadline, scope, work });
        const signed = signer.sign(caller, name);
        return typeof signed === 'string' ? send(signed) : signed.then(send);
      };
      return policy.run(attempt, { isRetryable: operation.kind !== 'mutation', cancellation });
    },
  };
}

function openPool({ origin }: URL, connections: number, timeout: number): Pool {
  return new Pool(origin, {
    connections,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    maxResponseSize: maxResponseBytes,
    // Disabled: the deadline of each request covers all phases.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: Math.min(maxConnectMs, timeout / 2) },
  });
}
