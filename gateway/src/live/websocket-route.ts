import {
  type WebSocketLimits,
  type WebSocketRoute,
  createWebSocketRoute,
} from '@marquee/chassis/http/websocket-server';
import { subjectKey } from '@marquee/chassis/identity/caller-key';
import type { MaskError } from '@marquee/chassis/errors/mask-errors';
import { losslessJson } from '@marquee/chassis/json/lossless-json';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { Cancellation } from '@marquee/chassis/telemetry/request-scope';
import { eventWork } from '@marquee/chassis/timing/work-slices';
import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import type { GatewaySettings } from '../config.js';
import type { Engine } from '../engine/engine.js';
import type { StartedOperation } from '../engine/planner/started-operation.js';
import { clientAddress } from '../admission/rates/client-address.js';
import { maskClientErrors } from '../admission/mask-client-errors.js';
import type { Admission } from '../admission/admission.js';
import type { AdmittedOperation } from '../admission/admitted-operation.js';
import type { OperationParams } from '../admission/operation-params.js';
import { transports } from '../admission/transports.js';
import type { RateLimiter } from '../admission/rates/rate-limiter.js';
import { socketCredentials, type SocketPayload } from './socket-credentials.js';
import { type ConnectionEffects, createConnectionEffects } from './connection-effects.js';
import type { LiveConnection, LiveConnections } from './live-connections.js';
import { incrementalPayloads } from './incremental-payloads.js';
import { type ResumeRequest, resumeRequestIn } from './resume-request.js';
import type { SubscriptionManager } from './subscription-manager.js';

export interface LiveHandlerOptions {
  settings: Pick<GatewaySettings, LiveSetting>;
  engine: Engine;
  admission: Admission;
  rates: RateLimiter;
  subscriptions: SubscriptionManager;
  connections: LiveConnections;
  log: Logger;
}

type LiveSetting =
  | 'CONNECTIONS'
  | 'LIVE_GUEST_IDLE_SECONDS'
  | 'LIVE_SOCKETS_PER_ADDRESS'
  | 'LIVE_MESSAGES_PER_SECOND'
  | 'TRUSTED_PROXIES';

/** Seconds of messages allowed in a burst, for clients that reconnect and subscribe to everything again. */
const burstSeconds = 3;

/** Share of all connections that sockets may take; the rest is for HTTP, health checks included. */
const socketShare = 0.95;

/** Operations that may run over one socket at the same time. */
const operationsPerSocket = 100;

/** The context value that graphql-ws passes from `onOperation` to `execute` and `subscribe`. */
interface SocketOperation {
  connection: LiveConnection;
  operation: AdmittedOperation;
  resumption: ResumeRequest;
}

/** Executes queries, mutations and subscriptions over WebSockets (graphql-transport-ws protocol). */
export function createLiveWebSocketRoute(options: LiveHandlerOptions): WebSocketRoute {
  const { settings, engine, subscriptions, connections, log } = options;
  const effects = createConnectionEffects(engine, log);
  return createWebSocketRoute<LiveConnection>({
    log,
    maskError: maskClientErrors(log),
    codec: losslessJson,
    limits: limitsOf(settings),
    addressOf: (request) => clientAddress(request, settings.TRUSTED_PROXIES),
    maxIdleMs: ({ caller }) => (caller().kind === 'guest' ? settings.LIVE_GUEST_IDLE_SECONDS * 1000 : undefined),
    onConnect: async (payload, socket) => connections.connect(socketCredentials(payload), socket),
    onPing: answerPing,
    onOperation: (connection, request) => inTurn(connection, () => executionArgs(options, connection, request)),
    execute: (args) => run(effects, socketOperationIn(args), maskClientErrors(log)),
    subscribe: (args) => {
      const operation = socketOperationIn(args);
      return inTurn(operation.connection, () => subscribe(subscriptions, operation));
    },
  });
}

/** Starts operations in slices: addresses take turns, and a client that subscribes to much delays no other address. */
function inTurn<Result>({ address }: LiveConnection, start: () => Promise<Result>): Promise<Result> {
  return eventWork.run(start, address);
}

function limitsOf(settings: LiveHandlerOptions['settings']): WebSocketLimits {
  const perSecond = settings.LIVE_MESSAGES_PER_SECOND;
  return {
    operationsPerSocket,
    socketsPerAddress: settings.LIVE_SOCKETS_PER_ADDRESS,
    sockets: Math.floor(settings.CONNECTIONS * socketShare),
    messageRate: { perSecond, burst: Math.max(1, perSecond * burstSeconds) },
  };
}

/** A payload of another purpose does not end the connection; without credentials it is echoed. */
async function answerPing(connection: LiveConnection, payload: SocketPayload): Promise<Record<string, unknown>> {
  try {
    const credentials = socketCredentials(payload);
    return credentials['authorization'] === undefined ? payload : await connection.renew(credentials);
  } catch (failure) {
    if (failure instanceof GraphQLError) return { renewed: false };
    throw failure;
  }
}

async function executionArgs(
  { admission, rates }: LiveHandlerOptions,
  connection: LiveConnection,
  params: OperationParams,
): Promise<ExecutionArgs | readonly GraphQLError[]> {
  const rateLimitError = await checkRates(rates, connection);
  if (rateLimitError) return [rateLimitError];
  const { address, client } = connection;
  const caller = connection.caller();
  const origin = { address, client, caller: subjectKey(caller) };
  const resumption = resumeRequestIn(params);
  if (resumption instanceof GraphQLError) return [resumption];
  const operation = await admission.admit(params, { caller, origin }, transports.websocket);
  if ('status' in operation) return operation.errors;
  const { graph, document, operationName, variables: variableValues } = operation;
  const contextValue: SocketOperation = { connection, operation, resumption };
  return { schema: graph.schema, document, operationName, variableValues, contextValue };
}

/** Every operation counts like a request of its own. */
async function checkRates(rates: RateLimiter, { address, caller }: LiveConnection): Promise<GraphQLError | undefined> {
  try {
    await rates.checkAddress(address);
    await rates.checkCaller(caller());
    return undefined;
  } catch (failure) {
    if (failure instanceof GraphQLError) return failure;
    throw failure;
  }
}

async function subscribe(
  subscriptions: SubscriptionManager,
  { connection, operation, resumption }: SocketOperation,
): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
  try {
    return await subscriptions.subscribe(operation, connection.caller, resumption);
  } catch (failure) {
    if (failure instanceof GraphQLError) return { errors: [failure] };
    throw failure;
  }
}

/**
 * Runs a query or mutation when its result is read. Later parts are results like the events of a subscription. A client that
 * completes the operation, or closes its socket, cancels it: nothing waits for the services any longer.
 */
function run(
  effects: ConnectionEffects,
  { connection, operation }: SocketOperation,
  mask: MaskError,
): AsyncIterableIterator<ExecutionResult> {
  const cancellation = new Cancellation();
  const cancellable = { ...operation, context: { ...operation.context, cancellation } };
  const results = deliver(() => effects.start(connection, cancellable), mask);
  return {
    next: () => results.next(),
    return() {
      cancellation.cancel();
      return results.return(undefined);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

async function* deliver(start: () => Promise<StartedOperation>, mask: MaskError): AsyncGenerator<ExecutionResult> {
  const { result, later } = await start();
  if (later) yield* incrementalPayloads(result, later, { format: 'deferSpec=20220824', mask });
  else yield result;
}

function socketOperationIn({ contextValue }: ExecutionArgs): SocketOperation {
  return contextValue as SocketOperation;
}
