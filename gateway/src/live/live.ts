import type { ApolloServer, GraphQLResponse } from '@apollo/server';
import { maskErrors } from '@marquee/chassis/errors/mask';
import { type LiveRoute, openLive } from '@marquee/chassis/http/live';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import type { GatewaySettings } from '../config.js';
import type { OperationContext } from '../engine/context.js';
import type { Engine } from '../engine/engine.js';
import type { Graph } from '../engine/graph.js';
import type { Connection, Connections } from './connection.js';
import type { Hub } from './hub.js';
import {
  isSubscription,
  type LiveOperation,
  type LiveRequest,
  readOperation,
  subscriptionFaults,
} from './operation.js';

export interface LiveOptions {
  settings: Pick<GatewaySettings, LiveSetting>;
  /** Runs queries and mutations that come over a socket, as those over HTTP. */
  server: ApolloServer<OperationContext>;
  engine: Engine;
  hub: Hub;
  connections: Connections;
  log: Logger;
}

type LiveSetting = 'LIVE_OPERATIONS_PER_SOCKET' | 'LIVE_SOCKETS_PER_ADDRESS';

/** What an operation over a socket carries through graphql-ws to where it runs. */
interface Carried {
  connection: Connection;
  request: LiveRequest;
}

/** Answers operations over graphql-transport-ws, live ones and others. */
export function gatewayLive({ settings, server, engine, hub, connections, log }: LiveOptions): LiveRoute {
  return openLive<Connection>({
    log,
    mask: maskErrors(log),
    limits: {
      operationsPerSocket: settings.LIVE_OPERATIONS_PER_SOCKET,
      socketsPerAddress: settings.LIVE_SOCKETS_PER_ADDRESS,
    },
    connect: (parameters, socket) => connections.connect(parameters, socket),
    ping: (connection, payload) => connection.renew(payload),
    operation: async (connection, request) => executionArgs(engine.graph(), { connection, request }),
    execute: (args) => answerOver(server, carriedIn(args)),
    subscribe: (args) => subscribe(hub, carriedIn(args)),
  });
}

/** Reads a request, and finds what is wrong with a subscription before anything of it runs. */
export function prepare(graph: Graph, request: LiveRequest): LiveOperation | { faults: readonly GraphQLError[] } {
  try {
    const operation = readOperation(graph, request);
    const faults = isSubscription(operation) ? subscriptionFaults(graph, request.query, operation) : [];
    return faults.length > 0 ? { faults } : operation;
  } catch (failure) {
    if (failure instanceof GraphQLError) return { faults: [failure] };
    throw failure;
  }
}

function executionArgs(graph: Graph, contextValue: Carried): ExecutionArgs | readonly GraphQLError[] {
  const prepared = prepare(graph, contextValue.request);
  if ('faults' in prepared) return prepared.faults;
  const { document, operationName, variables: variableValues } = prepared;
  return { schema: graph.schema, document, operationName, variableValues, contextValue };
}

async function subscribe(
  hub: Hub,
  { connection, request }: Carried,
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
