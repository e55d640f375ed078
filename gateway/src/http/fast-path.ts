import type { IncomingMessage } from 'node:http';
import type { FastPathResponse } from '@marquee/chassis/http/graphql-route';
import { restoreNumbers } from '@marquee/chassis/json/lossless-json';
import { withScopeSync } from '@marquee/chassis/telemetry/request-scope';
import { GraphQLError, OperationTypeNode } from 'graphql';
import type { Admission } from '../admission/admission.js';
import type { AdmittedOperation } from '../admission/admitted-operation.js';
import { parseParams } from '../admission/operation-params.js';
import { refusalOf } from '../admission/refusals.js';
import { type ResponseForms, responseForms } from '../admission/response-forms.js';
import { transports } from '../admission/transports.js';
import { incrementalDirectivesOf } from '../engine/incremental-directives.js';
import type { OperationContext } from '../engine/operation-context.js';
import type { Engine } from '../engine/engine.js';
import type { SseHandler } from '../live/sse-handler.js';
import { answerInParts, singlePart } from './answer-in-parts.js';
import { operationResponse, type OperationResponse, type OperationResponseOptions } from './operation-response.js';
import type { IsSafeGet } from './safe-get.js';
import { searchParamsOf } from './search-params.js';

export interface FastPathOptions extends OperationResponseOptions {
  engine: Engine;
  admission: Admission;
  isSafeGet: IsSafeGet;
  /** Sends the events of subscriptions; without it they are refused. */
  events?: Pick<SseHandler, 'subscribe'> | undefined;
}

/** Answers a GraphQL request over HTTP; undefined for a request that Apollo Server refuses. */
export type FastPath = (
  request: IncomingMessage,
  body: unknown,
  context: OperationContext,
) => Promise<FastPathResponse | undefined>;

/**
 * Runs operations without the pipeline of Apollo Server, which takes more CPU time than a small operation itself. Apollo
 * Server is left with the requests that are no GraphQL requests, those that foreign pages may have caused, and those that
 * accept no response.
 */
export function fastPath(options: FastPathOptions): FastPath {
  const { engine, admission, events, isSafeGet } = options;
  const streaming = events ? transports.events : transports.post;
  return async (request, body, context) => {
    const forms = responseForms(request);
    if (forms.json === undefined && !forms.acceptsParts) return undefined;
    const isPost = request.method === 'POST';
    if (!isPost && request.method !== 'GET') return undefined;
    if (isPost ? !jsonType.test(request.headers['content-type'] ?? '') : !isSafeGet(request)) return undefined;
    const params = isPost ? parseParams(body) : searchParamsOf(request);
    if (params === undefined) return undefined;
    if (params instanceof GraphQLError) return single(operationResponse(refusalOf([params]), options), forms);
    const transport = !isPost ? transports.get : forms.subscription ? streaming : transports.post;
    const operation = await admission.admit(params, context, transport);
    if (!('graph' in operation)) return single(operationResponse(operation, options), forms);
    const canStream = forms.subscription ?? forms.incremental;
    if (isPost && canStream && hasSeveralResults(operation, forms)) return sendSeveral(operation, request, options);
    const result = await engine.run(operation.graph, operation);
    return withScopeSync(context.scope, () => single(operationResponse(result, options), forms));
  };
}

const jsonType = /^application\/json(;|$)/;

/**
 * Whether an operation has several results, and the client accepts them. GET is for responses that caches keep, which are
 * not sent in parts.
 */
function hasSeveralResults({ document, definition }: AdmittedOperation, { incremental }: ResponseForms): boolean {
  if (definition.operation === OperationTypeNode.SUBSCRIPTION) return true;
  return incremental !== undefined && incrementalDirectivesOf(document).length > 0;
}

async function sendSeveral(
  operation: AdmittedOperation,
  request: IncomingMessage,
  options: FastPathOptions,
): Promise<FastPathResponse> {
  const { engine, events } = options;
  const forms = responseForms(request);
  if (events && operation.definition.operation === OperationTypeNode.SUBSCRIPTION)
    return { respond: (response) => events.subscribe(operation, request, response) };
  const started = await engine.start(operation.graph, operation);
  if (started.later && forms.incremental) return answerInParts(started, forms.incremental, options);
  return withScopeSync(operation.context.scope, () => single(operationResponse(started.result, options), forms));
}

/** Most responses are JSON without a content type of their own. */
function single({ status, headers, body }: OperationResponse, { json }: ResponseForms): FastPathResponse {
  const text = restoreNumbers(JSON.stringify(body));
  if (json === 'application/json') return { status, headers, text };
  if (json === undefined) return singlePart({ status, headers }, text);
  return { status, headers: new Map([...headers, ['content-type', `${json}; charset=utf-8`]]), text };
}
