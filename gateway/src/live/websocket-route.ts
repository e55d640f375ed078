import type { ApolloServer, GraphQLResponse } from '@apollo/server';
import { maskErrors } from '@marquee/chassis/errors/mask';
import { type LiveLimits, type LiveRoute, openLive } from '@marquee/chassis/http/live';
import type { Caller } from '@marquee/chassis/identity/caller';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import type { GatewaySettings } from '../config.js';
import type { OperationContext } from '../engine/operation-context.js';
import type { Engine } from '../engine/engine.js';
import { clientAddress } from '../admission/rates/client-address.js';
import type { Guard } from '../admission/operation-rules.js';
import type { GuardedRequest } from '../admission/documents/persisted-documents.js';
import { countRefusal } from '../admission/refusals.js';
import type { RateLimiter } from '../admission/rates/rate-limiter.js';
import type { LiveConnection, LiveConnections } from './live-connections.js';
import type { SubscriptionManager } from './subscription-manager.js';
import { foundRequest, type LiveOperation, type LiveRequest, readOperation } from './live-operation.js';

export interface LiveHandlerOptions {
  settings: Pick<GatewaySettings, LiveSetting>;
  /** Runs queries and mutations that come over a socket, as those over HTTP. */
  server: ApolloServer<OperationContext>;
  engine: Engine;
  guard: Guard;
  rates: RateLimiter;
  subscriptions: SubscriptionManager;
  connections: LiveConnections;
  log: Logger;
}

type LiveSetting =
  'LIVE_OPERATIONS_PER_SOCKET' | 'LIVE_SOCKETS_PER_ADDRESS' | 'LIVE_MESSAGES_PER_SECOND' | 'TRUSTED_PROXIES';

/** Seconds of messages that may come at once, as when a client subscribes to everything again. */
const burstSeconds = 3;

/** What an operation over a socket carries through graphql-ws to where it runs. */
interface SocketOperation {
  connection: LiveConnection;
  request: LiveRequest;
}

/** Answers operations over graphql-transport-ws, live ones and others. */
export function webSocketRoute(options: LiveHandlerOptions): LiveRoute {
  const { settings, server, subscriptions, connections, log } = options;
  return openLive<LiveConnection>({
    log,
    mask: maskErrors(log),
    limits: limitsOf(settings),
    address: (request) => clientAddress(request, settings.TRUSTED_PROXIES),
    connect: (parameters, socket) => connections.connect(parameters, socket),
    ping: (connection, payload) => connection.renew(payload),
    operation: (connection, request) => executionArgs(options, connection, request),
    execute: (args) => answerOver(server, socketOperationIn(args)),
    subscribe: (args) => subscribe(subscriptions, socketOperationIn(args)),
  });
}

function limitsOf(settings: LiveHandlerOptions['settings']): LiveLimits {
  const perSecond = settings.LIVE_MESSAGES_PER_SECOND;
  return {
    operationsPerSocket: settings.LIVE_OPERATIONS_PER_SOCKET,
    socketsPerAddress: settings.LIVE_SOCKETS_PER_ADDRESS,
    pace: { perSecond, burst: Math.max(1, perSecond * burstSeconds) },
  };
}

/** A request that was let in and read. */
export interface Prepared {
  /** With its document in full. */
  request: LiveRequest;
  operation: LiveOperation;
}

/** Finds the document of a request, and what is wrong with it before anything of it runs. */
export async function prepare(
  { guard, engine }: LiveHandlerOptions,
  asked: GuardedRequest,
  caller: Caller,
): Promise<Prepared | { faults: readonly GraphQLError[] }> {
  try {
    const request = foundRequest(guard, asked);
    const operation = await readOperation(guard, engine.graph(), request, caller);
    return 'faults' in operation ? { faults: countRefusal(operation.faults) } : { request, operation };
  } catch (failure) {
    if (failure instanceof GraphQLError) return { faults: countRefusal([failure]) };
    throw failure;
  }
}

async function executionArgs(
  options: LiveHandlerOptions,
  connection: LiveConnection,
  asked: GuardedRequest,
): Promise<ExecutionArgs | readonly GraphQLError[]> {
  const limited = await tooMany(options.rates, connection);
  if (limited) return [limited];
  const prepared = await prepare(options, asked, connection.caller());
  if ('faults' in prepared) return prepared.faults;
  const { document, operationName, variables: variableValues } = prepared.operation;
  const contextValue: SocketOperation = { connection, request: prepared.request };
  return { schema: options.engine.graph().schema, document, operationName, variableValues, contextValue };
}

/** Every operation counts, as a request of its own would. */
async function tooMany(rates: RateLimiter, { address, caller }: LiveConnection): Promise<GraphQLError | undefined> {
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
  hub: SubscriptionManager,
  { connection, request }: SocketOperation,
): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
  try {
    return await hub.subscribe(request, connection.caller);
  } catch (failure) {
    if (failure instanceof GraphQLError) return { errors: [failure] };
    throw failure;
  }
}

function answerOver(
  server: ApolloServer<OperationContext>,
  { connection, request }: SocketOperation,
): Promise<ExecutionResult> {
  return answer(server, request, { caller: connection.caller() });
}

/** Runs a query or a mutation as one that came over HTTP. */
export async function answer(
  server: ApolloServer<OperationContext>,
  { query, operationName, variables }: LiveRequest,
  contextValue: OperationContext,
): Promise<ExecutionResult> {
  const request = { query, ...(operationName && { operationName }), ...(variables && { variables }) };
  return single(await server.executeOperation(request, { contextValue }));
}

function single({ body }: GraphQLResponse): ExecutionResult {
  if (body.kind === 'single') return body.singleResult as ExecutionResult;
  throw new Error('An answer in parts cannot be sent over this socket.');
}

function socketOperationIn({ contextValue }: ExecutionArgs): SocketOperation {
  return contextValue as SocketOperation;
}
