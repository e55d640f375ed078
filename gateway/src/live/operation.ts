import { badInput, requestFault } from '@marquee/chassis/errors/errors';
import { guest } from '@marquee/chassis/identity/caller';
import {
  type DocumentNode,
  getOperationAST,
  GraphQLError,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  validate,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Graph } from '../engine/graph.js';
import { rootFields } from './root.js';

/** What a client sent, on whatever way. */
export interface LiveRequest {
  query: string;
  operationName?: string | null | undefined;
  variables?: Record<string, unknown> | null | undefined;
}

/** A request that was read. What is wrong with queries and mutations is found where they run. */
export interface LiveOperation {
  document: DocumentNode;
  definition: OperationDefinitionNode;
  operationName: string | undefined;
  variables: Record<string, unknown>;
}

/** Documents of subscriptions that are remembered with what is wrong with them, by graph. */
const rememberedDocuments = 500;

/** @throws GraphQLError when this is no operation */
export function readOperation(graph: Graph, request: LiveRequest): LiveOperation {
  const { document } = readDocument(graph, request.query);
  const operationName = request.operationName ?? undefined;
  const definition = getOperationAST(document, operationName);
  if (!definition)
    throw badInput({
      path: 'operationName',
      message: 'the document needs one operation, or a name of one that it has',
    });
  return { document, definition, operationName, variables: request.variables ?? {} };
}

export function isSubscription({ definition }: LiveOperation): boolean {
  return definition.operation === OperationTypeNode.SUBSCRIPTION;
}

/** Why a subscription cannot run on this graph; nothing, as a rule. */
export function subscriptionFaults(graph: Graph, query: string, operation: LiveOperation): readonly GraphQLError[] {
  const { faults } = readDocument(graph, query);
  return faults.length > 0 ? faults : graph.variableFaults({ ...operation, context: { caller: guest } });
}

interface Read {
  document: DocumentNode;
  readonly faults: readonly GraphQLError[];
}

const read = new WeakMap<Graph, LRUCache<string, Read>>();

function readDocument(graph: Graph, query: string): Read {
  const known = read.get(graph) ?? new LRUCache<string, Read>({ max: rememberedDocuments });
  read.set(graph, known);
  const found = known.get(query) ?? freshDocument(graph, query);
  known.set(query, found);
  return found;
}

function freshDocument(graph: Graph, query: string): Read {
  const document = parsed(query);
  let faults: readonly GraphQLError[] | undefined;
  return {
    document,
    get faults() {
      return (faults ??= faultsOf(graph, document));
    },
  };
}

function parsed(query: string): DocumentNode {
  try {
    return parse(query);
  } catch (failure) {
    throw failure instanceof GraphQLError ? requestFault(failure) : failure;
  }
}

function faultsOf(graph: Graph, document: DocumentNode): readonly GraphQLError[] {
  const faults = validate(graph.schema, document).map(requestFault);
  return faults.length > 0 ? faults : document.definitions.flatMap((one) => conditionFaults(document, one));
}

/** The planner cannot leave out what an event is about. */
function conditionFaults(document: DocumentNode, definition: DocumentNode['definitions'][number]): GraphQLError[] {
  if (!('operation' in definition) || definition.operation !== OperationTypeNode.SUBSCRIPTION) return [];
  const conditions = rootFields(document, definition)
    .flatMap(({ way }) => way.flatMap(({ directives = [] }) => directives))
    .filter(({ name }) => name.value === 'skip' || name.value === 'include');
  return conditions.map(({ name }) =>
    badInput({ path: 'query', message: `the field of a subscription cannot be left out by @${name.value}` }),
  );
}
