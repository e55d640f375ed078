import type { CallerSigner } from '@marquee/chassis/identity/caller-signature';
import { restoreNumbers } from '@marquee/chassis/json/lossless-json';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import type { GatewaySettings } from '../config.js';
import type { OperationContext } from '../engine/operation-context.js';
import type { UpstreamResponse } from './upstream-response.js';
import { CircuitBreaker, type CircuitBreakerOptions } from './circuit-breaker.js';
import { Deadline } from './deadline.js';
import { ResiliencePolicy, type ResilienceSetting } from './resilience-policy.js';
import { type RequestTarget, sendRequest } from './http-request.js';
import { OperationParking } from './operation-parking.js';
import { openServiceClient } from './open-service-client.js';
import type { ServiceClientOptions } from './service-client.js';
import { openSubgraphStreams, type SubgraphStreams } from './subgraph-streams.js';
import { createUpstreamTelemetry } from './upstream-telemetry.js';

export type UpstreamSettings = Pick<GatewaySettings, ResilienceSetting | 'RESPONSE_LIMIT_BYTES'>;

export interface UpstreamOptions {
  name: string;
  url: URL;
  settings: UpstreamSettings;
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
   * Sends an operation as this caller. Of the client's request it forwards only the id, the trace and the remaining time, and
   * the id of its connection if the operation has one of the mutations in `context.connection`.
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

/** Slots for the gateway's own calls, such as the look-up of a principal, which clients cannot occupy. */
const ownConcurrency = 8;

/** Services measure their responses by estimate: one that arrives may be larger than their limit by this factor. */
const sizeTolerance = 2;

export function openUpstream({ name, url, settings, signer, log }: UpstreamOptions): Upstream {
  const timeout = settings.SUBGRAPH_TIMEOUT_SECONDS * 1000;
  const client = openServiceClient(url, clientOptions(settings, timeout));
  const streams = openSubgraphStreams({ name, url, signer, log, openTimeoutMs: timeout });
  const target = { name, client, telemetry: createUpstreamTelemetry(name, url), log };
  const policies = createPolicies({ name, settings, log, isAlive: () => isAlive(target, signer, timeout / 2) });
  return {
    name,
    url,
    close: async () => void (await Promise.all([streams.close(), policies.close().then(() => client.close())])),
    subscribe: streams.subscribe,
    execute(operation, context) {
      const { caller, scope, work } = context;
      const connectionId = connectionIdFor(operation, context);
      const request = { body: restoreNumbers(operation.body ?? JSON.stringify(operation)), scope, work, connectionId };
      const attempt = (deadline: Deadline): Promise<UpstreamResponse> => {
        const send = (signedCaller: string) => sendRequest(target, { ...request, signedCaller, deadline });
        const signed = signer.sign(caller, name);
        return typeof signed === 'string' ? send(signed) : signed.then(send);
      };
      return (caller.kind === 'gateway' ? policies.own : policies.clients).run(attempt, operation, context);
    },
  };
}

/** A mutation that needs its connection has an argument: a parenthesis follows its name. */
function connectionIdFor({ kind, query }: UpstreamOperation, { connection }: OperationContext): string | undefined {
  if (!connection || kind !== 'mutation') return undefined;
  return connection.fields.some((field) => new RegExp(`\\b${field}\\(`).test(query)) ? connection.id : undefined;
}

/** The policies of the calls of clients and of the gateway's own calls, which share a circuit breaker. */
function createPolicies({ name, settings, ...rest }: CircuitBreakerOptions & { settings: UpstreamSettings }) {
  const breaker = new CircuitBreaker({ name, settings, ...rest });
  const parking = new OperationParking({ name, parkMs: settings.SUBGRAPH_BREAKER_SECONDS * 1000 });
  const clients = new ResiliencePolicy({ name, settings, breaker, parking });
  const ownSettings = { ...settings, SUBGRAPH_CONCURRENCY: ownConcurrency };
  const own = new ResiliencePolicy({ name, settings: ownSettings, breaker });
  const close = async () => {
    breaker.close();
    await Promise.all([clients.idle(), own.idle()]);
  };
  return { clients, own, close };
}

const aliveBody = JSON.stringify({ query: '{ __typename }' });

/** Whether the service answers the gateway itself, over a connection that no client can occupy. */
async function isAlive(target: RequestTarget, signer: CallerSigner, withinMs: number): Promise<boolean> {
  const deadline = new Deadline(withinMs);
  try {
    const signedCaller = await signer.sign({ kind: 'gateway' }, target.name);
    const { data } = await sendRequest(target, { body: aliveBody, signedCaller, deadline, scope: undefined });
    return data !== undefined && data !== null;
  } catch {
    return false;
  } finally {
    deadline.close();
  }
}

function clientOptions(settings: UpstreamSettings, timeout: number): ServiceClientOptions {
  return {
    // One more for checking whether the service is alive.
    connections: settings.SUBGRAPH_CONCURRENCY + ownConcurrency + 1,
    keepAliveMs,
    maxResponseBytes: settings.RESPONSE_LIMIT_BYTES * sizeTolerance,
    connectMs: Math.min(maxConnectMs, timeout / 2),
  };
}
