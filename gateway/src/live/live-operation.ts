import { badInput } from '@marquee/chassis/errors/errors';
import { type Caller, guest } from '@marquee/chassis/identity/caller';
import {
  type DocumentNode,
  getOperationAST,
  type GraphQLError,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import type { Graph } from '../engine/graph.js';
import type { Guard } from '../admission/operation-rules.js';
import type { GuardedRequest } from '../admission/documents/persisted-documents.js';
import { rootFields } from '../admission/root-fields.js';

/** What a client asked for, its document found. */
export interface LiveRequest {
  query: string;
  operationName?: string | null | undefined;
  variables?: Record<string, unknown> | null | undefined;
}

/** A request that was read. */
export interface LiveOperation {
  document: DocumentNode;
  definition: OperationDefinitionNode;
  operationName: string | undefined;
  variables: Record<string, unknown>;
}

/** Finds the document of a request. @throws GraphQLError when there is none that may be asked for */
export function foundRequest({ persisted }: Guard, request: GuardedRequest): LiveRequest {
  const query = persisted.resolve(request);
  persisted.register(request, query);
  return { query, operationName: request.operationName, variables: request.variables };
}

/**
 * Reads a request, and finds what keeps a subscription from running before anything of it runs; of queries and
 * mutations the rest is found where they run.
 */
export async function readOperation(
  guard: Guard,
  graph: Graph,
  request: LiveRequest,
  caller: Caller,
): Promise<LiveOperation | { faults: readonly GraphQLError[] }> {
  const { document, faults } = await guard.loadDocument(graph, request.query);
  if (faults.length > 0) return { faults };
  const operationName = request.operationName ?? undefined;
  const definition = getOperationAST(document, operationName);
  if (!definition) return { faults: [operationUnknown()] };
  const operation = { document, definition, operationName, variables: request.variables ?? {} };
  const own = isSubscription(operation) ? subscriptionFaults(graph, operation) : [];
  const found = own.length > 0 ? own : guard.faults(graph, { ...operation, caller });
  return found.length > 0 ? { faults: found } : operation;
}

export function isSubscription({ definition }: LiveOperation): boolean {
  return definition.operation === OperationTypeNode.SUBSCRIPTION;
}

function subscriptionFaults(graph: Graph, operation: LiveOperation): readonly GraphQLError[] {
  const conditions = conditionFaults(operation);
  return conditions.length > 0 ? conditions : graph.validateVariables({ ...operation, context: { caller: guest } });
}

/** The planner cannot leave out what an event is about. */
function conditionFaults({ document, definition }: LiveOperation): GraphQLError[] {
  const conditions = rootFields(document, definition)
    .flatMap(({ path }) => path.flatMap(({ directives = [] }) => directives))
    .filter(({ name }) => name.value === 'skip' || name.value === 'include');
  return conditions.map(({ name }) =>
    badInput({ path: 'query', message: `the field of a subscription cannot be left out by @${name.value}` }),
  );
}

function operationUnknown(): GraphQLError {
  return badInput({
    path: 'operationName',
    message: 'the document needs one operation, or a name of one that it has',
  });
}
