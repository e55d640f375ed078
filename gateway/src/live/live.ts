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
  OperationTypeNode,
  parse,
  validate,
} from 'graphql';
import type { OperationResult, SubscribePayload } from 'graphql-ws';
import type { OperationContext } from '../engine/context.js';
import type { Engine } from '../engine/engine.js';
import type { Graph } from '../engine/graph.js';
import type { Identity } from '../identity/identity.js';
import { type Connection, connectCaller } from './connection.js';
import type { Upstreams } from '../upstream/upstreams.js';
import { subscriptionResults } from './subscription.js';

export interface LiveOptions {
  /** Runs queries and mutations that come over a socket, as those over HTTP. */
  server: ApolloServer<OperationContext>;
  engine: Engine;
  upstreams: Upstreams;
  identity: Identity;
  log: Logger;
}

/** What an operation over a socket carries through graphql-ws to where it runs. */
interface Carried extends OperationContext {
  payload: SubscribePayload;
}

/** Answers operations over graphql-transport-ws, live ones and others. */
export function gatewayLive({ server, engine, upstreams, identity, log }: LiveOptions): LiveRoute {
  return openLive<Connection>({
    log,
    mask: maskErrors(log),
    connect: (parameters, socket) => connectCaller(identity, parameters, socket),
    operation: async ({ caller }, payload) => prepare(engine.graph(), payload, { caller: caller(), payload }),
    execute: (args) => answer(server, args.contextValue as Carried),
    subscribe: (args) => subscribe(engine.graph(), args, upstreams),
  });
}

function prepare(
  graph: Graph,
  { query, operationName, variables }: SubscribePayload,
  contextValue: Carried,
): ExecutionArgs | readonly GraphQLError[] {
  const { schema } = graph;
  try {
    const document = parse(query);
    const args = { schema, document, operationName, variableValues: variables ?? {}, contextValue };
    if (!isSubscription(document, operationName)) return args;
    const faults = validate(schema, document);
    if (faults.length > 0) return faults.map(requestFault);
    const errors = graph.variableFaults(runningOperation(args));
    return errors.length > 0 ? errors : args;
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

function subscribe(graph: Graph, args: ExecutionArgs, upstreams: Upstreams): OperationResult {
  try {
    return subscriptionResults(graph, runningOperation(args), upstreams);
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
