import type { ApolloServer, GraphQLResponse } from '@apollo/server';
import { maskErrors } from '@marquee/chassis/errors/mask';
import { type LiveRoute, openLive } from '@marquee/chassis/http/live';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import type { GatewaySettings } from '../config.js';
import type { OperationContext } from '../engine/context.js';
import type { Engine } from '../engine/engine.js';
import type { Graph } from '../engine/graph.js';
import type { Identity } from '../identity/identity.js';
import { type Connection, createConnections } from './connection.js';
import type { Hub } from './hub.js';
import { isSubscription, type LiveRequest, readOperation, subscriptionFaults } from './operation.js';

export interface LiveOptions {
  settings: Pick<GatewaySettings, LiveSetting>;
  /** Runs queries and mutations that come over a socket, as those over HTTP. */
  server: ApolloServer<OperationContext>;
  engine: Engine;
  hub: Hub;
  identity: Identity;
  log: Logger;
}

type LiveSetting = 'LIVE_OPERATIONS_PER_SOCKET' | 'LIVE_SOCKETS_PER_ADDRESS' | 'LIVE_SOCKETS_PER_CALLER';

/** What an operation over a socket carries through graphql-ws to where it runs. */
interface Carried {
  connection: Connection;
  request: LiveRequest;
}

/** Answers operations over graphql-transport-ws, live ones and others. */
export function gatewayLive({ settings, server, engine, hub, identity, log }: LiveOptions): LiveRoute {
  const connections = createConnections(identity, settings.LIVE_SOCKETS_PER_CALLER);
  return openLive<Connection>({
    log,
    mask: maskErrors(log),
    limits: {
      operationsPerSocket: settings.LIVE_OPERATIONS_PER_SOCKET,
      socketsPerAddress: settings.LIVE_SOCKETS_PER_ADDRESS,
    },
    connect: (parameters, socket) => connections.connect(parameters, socket),
    ping: (connection, payload) => connection.renew(payload),
    operation: async (connection, request) => prepare(engine.graph(), request, { connection, request }),
    execute: (args) => answerOver(server, carriedIn(args)),
    subscribe: (args) => subscribe(hub, carriedIn(args)),
  });
}

function prepare(graph: Graph, request: LiveRequest, contextValue: Carried): ExecutionArgs | readonly GraphQLError[] {
  try {
    const operation = readOperation(graph, request);
    const faults = isSubscription(operation) ? subscriptionFaults(graph, request.query, operation) : [];
    const { document, operationName, variables: variableValues } = operation;
    return faults.length > 0 ? faults : { schema: graph.schema, document, operationName, variableValues, contextValue };
  } catch (failure) {
    if (failure instanceof GraphQLError) return [failure];
    throw failure;
  }
}

function subscribe(
  hub: Hub,
  { connection, request }: Carried,
): AsyncIterableIterator<ExecutionResult> | ExecutionResult {
  try {
    return hub.subscribe(request, connection.caller);
  } catch (failure) {
    if (failure instanceof GraphQLError) return { errors: [failure] };
    throw failure;
  }
}

function answerOver(
  server: ApolloServer<OperationContext>,
  { connection, request }: Carried,
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

function carriedIn({ contextValue }: ExecutionArgs): Carried {
  return contextValue as Carried;
}
