import { type ApolloServerPlugin, type GraphQLRequest, type GraphQLRequestListener, HeaderMap } from '@apollo/server';
import { badInput } from '@marquee/chassis/errors/errors';
import type { maskErrors } from '@marquee/chassis/errors/mask';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
} from 'graphql';
import type { OperationContext } from '../engine/operation-context.js';
import type { Graph } from '../engine/graph.js';
import type { Guard } from '../admission/operation-rules.js';
import type { GuardedRequest } from '../admission/documents/persisted-documents.js';
import { countRefusal } from '../admission/refusals.js';

export interface GuardPluginOptions {
  guard: Guard;
  /** The graph that has this schema. */
  graphOf(schema: GraphQLSchema): Graph;
  mask: ReturnType<typeof maskErrors>;
}

/**
 * Makes an Apollo Server read documents by the guard, in place of its own parser, rules and store of documents, and
 * refuse what the guard refuses.
 */
export function guardPlugin(options: GuardPluginOptions): ApolloServerPlugin<OperationContext> {
  return {
    requestDidStart: async ({ request, schema }) => listener(options, request, options.graphOf(schema)),
  };
}

async function listener(
  { guard, mask }: GuardPluginOptions,
  request: GraphQLRequest,
  graph: Graph,
): Promise<GraphQLRequestListener<OperationContext>> {
  const asked = { ...request, documentId: documentIdOf(request) };
  const { text, document, faults } = await readBy(guard, asked, graph);
  // Apollo Server looks at these next, and has no documents by hash of its own.
  request.query = text;
  delete request.extensions;
  return {
    didResolveSource: async (context) => void ((context as { document?: DocumentNode }).document = document),
    responseForOperation: async ({
      operation,
      operationName,
      request: { variables = {} },
      contextValue: { caller },
    }) => {
      const wrong = faults.length > 0 ? faults : operationFaults(operation, request.operationName);
      const found =
        wrong.length > 0
          ? wrong
          : guard.faults(graph, { document, operationName: operationName ?? undefined, variables, caller });
      if (found.length > 0) return refusal(found, mask);
      guard.persisted.register(asked, text);
      return null;
    },
  };
}

interface Read {
  text: string;
  document: DocumentNode;
  faults: readonly GraphQLError[];
}

const nothing = '{ __typename }';
const nothingRead = parse(nothing);

/** Apollo Server passes on what it knows of a request, which this is no part of. */
function documentIdOf({ http }: GraphQLRequest): unknown {
  if (http?.method === 'GET') return new URLSearchParams(http.search).get('documentId');
  return (http?.body as { documentId?: unknown } | undefined)?.documentId;
}

async function readBy(guard: Guard, request: GuardedRequest, graph: Graph): Promise<Read> {
  try {
    const text = guard.persisted.resolve(request);
    return { text, ...(await guard.loadDocument(graph, text)) };
  } catch (failure) {
    if (failure instanceof GraphQLError) return { text: nothing, document: nothingRead, faults: [failure] };
    throw failure;
  }
}

function operationFaults(operation: OperationDefinitionNode | undefined, name: string | undefined): GraphQLError[] {
  if (operation === undefined)
    return [
      badInput({
        path: 'operationName',
        message: name ? 'the document has no operation of this name' : 'the document needs one name of several',
      }),
    ];
  if (operation.operation !== OperationTypeNode.SUBSCRIPTION) return [];
  const message =
    'a subscription needs a socket (ws, graphql-transport-ws) or a POST that accepts text/event-stream, at this address';
  return [badInput({ path: 'query', message })];
}

function refusal(faults: readonly GraphQLError[], mask: GuardPluginOptions['mask']) {
  const errors = countRefusal(faults).map((fault) => mask(fault.toJSON(), fault));
  return {
    http: { status: statusOf(faults), headers: new HeaderMap([['cache-control', 'no-store']]) },
    body: { kind: 'single' as const, singleResult: { errors } },
  };
}

/** Clients of automatic persisted queries expect 200 where they should send the document. */
function statusOf(faults: readonly GraphQLError[]): number {
  const codes = faults.map(({ extensions }) => String(extensions['code']));
  if (codes.includes('FORBIDDEN')) return 403;
  return codes.some((code) => code.startsWith('PERSISTED_QUERY')) ? 200 : 400;
}
