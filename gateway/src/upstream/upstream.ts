import type { CallerSigner } from '@marquee/chassis/identity/signature';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { Pool } from 'undici';
import type { GatewaySettings } from '../config.js';
import type { OperationContext } from '../engine/context.js';
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
  /** Whether to send it again would change nothing; a query when left out. */
  kind?: 'query' | 'mutation' | 'subscription';
  /** All of it as JSON, where that is made already. */
  body?: string;
}

/** One subgraph, reached over connections that are kept. */
export interface Upstream extends Closable {
  readonly name: string;
  /** Where it is. */
  readonly url: URL;
  /**
   * Sends an operation as this caller. Nothing of a client's request goes along but its id, its trace and the time that
   * is left. A query whose connection fails, or that meets a 502 or 503, is sent again within that time; a mutation never.
   *
   * @param context when who waits for the answer leaves, the request ends
   * @throws UpstreamFailure when no GraphQL answer comes in time; it is logged and counted
   */
  execute(operation: UpstreamOperation, context: OperationContext): Promise<UpstreamResponse>;
  /** The events of a subscription; see `Streams`. */
  subscribe: SubgraphStreams['subscribe'];
  close(): Promise<void>;
}

/**
 * Milliseconds an idle connection is kept, whatever its server offers: less than the 5 s that a draining service serves
 * on. So who used a connection was asked to leave it, who did not has left it, and none is closed under a request.
 */
const keepAliveMs = 4_000;

/** Milliseconds for a connection to open, so that there is time for another attempt. */
const maxConnectMs = 1_000;

/** Largest answer in bytes. */
const maxResponseBytes = 32 * 1024 * 1024;

export function openUpstream({ name, url, settings, signer, log }: UpstreamOptions): Upstream {
  const timeout = settings.SUBGRAPH_TIMEOUT_SECONDS * 1000;
  const pool = new Pool(url.origin, {
    connections: settings.SUBGRAPH_CONCURRENCY,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    maxResponseSize: maxResponseBytes,
    // Every request has a deadline, which ends it wherever it is.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: Math.min(maxConnectMs, timeout / 2) },
  });
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
    execute(operation, { caller, scope, leaving }) {
      const body = operation.body ?? JSON.stringify(operation);
      const attempt = (deadline: Deadline): Promise<UpstreamResponse> => {
        const send = (signedCaller: string) => sendRequest(target, { body, signedCaller, deadline, scope });
        const signed = signer.sign(caller, name);
        return typeof signed === 'string' ? send(signed) : signed.then(send);
      };
      return policy.run(attempt, { isRetryable: operation.kind !== 'mutation', leaving });
    },
  };
}
