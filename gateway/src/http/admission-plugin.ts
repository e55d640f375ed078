import { type ApolloServerPlugin, type GraphQLRequest, type GraphQLResponse, HeaderMap } from '@apollo/server';
import { withScopeSync } from '@marquee/chassis/telemetry/request-scope';
import { type DocumentNode, parse } from 'graphql';
import type { Admission } from '../admission/admission.js';
import type { AdmittedOperation } from '../admission/admitted-operation.js';
import type { OperationParams } from '../admission/operation-params.js';
import type { Refusal } from '../admission/refusals.js';
import { transports } from '../admission/transports.js';
import type { OperationContext } from '../engine/operation-context.js';
import type { Engine } from '../engine/engine.js';
import { operationResponse, type OperationResponseOptions } from './operation-response.js';

export interface AdmissionPluginOptions extends OperationResponseOptions {
  engine: Engine;
  admission: Admission;
}

/**
 * Replaces what Apollo Server does with an operation: admission parses and validates it, the engine runs it. Apollo
 * Server is left with HTTP: it prevents CSRF, reads GET requests and negotiates the media type of the response.
 */
export function admissionPlugin(options: AdmissionPluginOptions): ApolloServerPlugin<OperationContext> {
  return {
    async requestDidStart({ request, contextValue }) {
      const transport = request.http?.method === 'GET' ? transports.get : transports.post;
      const operation = await options.admission.admit(paramsOf(request), contextValue, transport);
      // Apollo Server requires a document and would apply its own rules to these; it never runs the document.
      request.query = placeholderText;
      delete request.operationName;
      delete request.extensions;
      return {
        didResolveSource: async (context) => void ((context as { document?: DocumentNode }).document = placeholder),
        responseForOperation: async () => respond(operation, options),
      };
    },
  };
}

const placeholderText = '{ __typename }';
const placeholder = parse(placeholderText);

function paramsOf(request: GraphQLRequest): OperationParams {
  const { query, operationName, variables, extensions } = request;
  const others = { documentId: paramOf(request, 'documentId'), onError: paramOf(request, 'onError') };
  return { query, operationName, variables, extensions, ...others };
}

/** Reads a parameter that Apollo Server does not know, and therefore does not pass. */
function paramOf({ http }: GraphQLRequest, name: string): unknown {
  if (http?.method === 'GET') return new URLSearchParams(http.search).get(name) ?? undefined;
  return (http?.body as Record<string, unknown> | undefined)?.[name];
}

async function respond(
  operation: AdmittedOperation | Refusal,
  options: AdmissionPluginOptions,
): Promise<Pick<GraphQLResponse, 'http' | 'body'>> {
  const result = 'graph' in operation ? await options.engine.run(operation.graph, operation) : operation;
  const scope = 'graph' in operation ? operation.context.scope : undefined;
  const { status, headers, body } = withScopeSync(scope, () => operationResponse(result, options));
  return { http: { status, headers: new HeaderMap(headers) }, body: { kind: 'single', singleResult: body } };
}
