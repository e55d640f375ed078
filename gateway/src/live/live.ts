import type { ApolloServer, GraphQLResponse } from '@apollo/server';
import { badInput, requestFault } from '@marquee/chassis/errors/errors';
import { maskErrors } from '@marquee/chassis/errors/mask';
import { type LiveRoute, openLive } from '@marquee/chassis/http/live';
import type { Logger } from '@marquee/chassis/telemetry/log';
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  OperationTypeNode,
  parse,
  validate,
} from 'graphql';
import type { OperationResult, SubscribePayload } from 'graphql-ws';
import type { OperationContext } from '../engine/context.js';
import type { Graph } from '../engine/graph.js';
import type { Identity } from '../identity/identity.js';
import { type Connection, connectCaller } from './connection.js';
import type { Streams } from './streams.js';
import { subscriptionResults } from './subscription.js';

export interface LiveOptions {
  /** Runs queries and mutations that come over a socket, as those over HTTP. */
  server: ApolloServer<OperationContext>;
  /** The graph that new operations run on. */
  graph(): Graph;
  streams(subgraph: string): Streams;
  identity: Identity;
  log: Logger;
}

/** What an operation over a socket carries through graphql-ws to where it runs. */
interface Carried extends OperationContext {
  payload: SubscribePayload;
}

/** Answers operations over graphql-transport-ws, live ones and others. */
export function gatewayLive({ server, graph, streams, identity, log }: LiveOptions): LiveRoute {
  return openLive<Connection>({
    log,
    mask: maskErrors(log),
    connect: (parameters, socket) => connectCaller(identity, parameters, socket),
    operation: async ({ caller }, payload) => prepare(graph().schema, payload, { caller: caller(), payload }),
    execute: (args) => answer(server, args.contextValue as Carried),
    subscribe: (args) => subscribe(graph(), args, streams),
  });
}

function prepare(
  schema: GraphQLSchema,
  { query, operationName, variables }: SubscribePayload,
  contextValue: Carried,
): ExecutionArgs | readonly GraphQLError[] {
  try {
    const document = parse(query);
    if (!isSubscription(document, operationName))
      return { schema, document, operationName: operationName ?? null, contextValue };
    const faults = validate(schema, document);
    if (faults.length > 0) return faults.map(requestFault);
    return { schema, document, operationName: operationName ?? null, variableValues: variables ?? {}, contextValue };
  } catch (failure) {
    if (failure instanceof GraphQLError) return [requestFault(failure)];
    throw failure;
  }
}

function isSubscription(document: DocumentNode, operationName: string | null | undefined): boolean {
  const operation = getOperationAST(document, operationName);
  if (operation) return operation.operation === OperationTypeNode.SUBSCRIPTION;
  throw badInput({ path: 'operationName', message: 'the document needs one operation, or a name of one that it has' });
}

function subscribe(graph: Graph, args: ExecutionArgs, streams: LiveOptions['streams']): OperationResult {
  try {
    return subscriptionResults(graph, runningOperation(args), streams);
  } catch (failure) {
    if (failure instanceof GraphQLError) return { errors: [failure] };
    throw failure;
  }
}

async function answer(
  server: ApolloServer<OperationContext>,
  { payload, ...contextValue }: Carried,
): Promise<ExecutionResult> {
  const { query, operationName, variables } = payload;
  const request = { query, ...(operationName && { operationName }), ...(variables && { variables }) };
  return single(await server.executeOperation(request, { contextValue }));
}

function single({ body }: GraphQLResponse): ExecutionResult {
  if (body.kind === 'single') return body.singleResult as ExecutionResult;
  throw new Error('An answer in parts cannot be sent over this socket.');
}

function runningOperation({ document, operationName, variableValues, contextValue }: ExecutionArgs) {
  const { caller } = contextValue as Carried;
  return { document, operationName: operationName ?? undefined, variables: { ...variableValues }, context: { caller } };
}
