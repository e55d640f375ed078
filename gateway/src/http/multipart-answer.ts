import type { IncomingMessage } from 'node:http';
import type { FastPathResponse } from '@marquee/chassis/http/graphql-route';
import { multipartText } from '@marquee/chassis/http/multipart-mixed';
import { restoreNumbers } from '@marquee/chassis/json/lossless-json';
import { withScopeSync } from '@marquee/chassis/telemetry/request-scope';
import type { OperationParams } from '../admission/operation-params.js';
import { incrementalForm, type IncrementalFormat, jsonType } from '../admission/response-forms.js';
import { transports } from '../admission/transports.js';
import type { OperationContext } from '../engine/operation-context.js';
import type { StartedOperation } from '../engine/planner/started-operation.js';
import { type EventTexts, multipartTexts } from '../live/event-texts.js';
import { incrementalPayloads } from '../live/incremental-payloads.js';
import type { FastPathOptions } from './fast-path.js';
import { operationResponse, type OperationResponse } from './operation-response.js';

/** Answers a request that accepts `multipart/mixed`. */
export type AnswerInParts = (
  request: IncomingMessage,
  params: OperationParams,
  context: OperationContext,
) => Promise<FastPathResponse>;

/**
 * Answers with the parts of an operation with `@defer` or `@stream` as they become available. Any other result, and one
 * for a client with an unknown format of parts, is JSON, or a single part for a client that does not accept JSON.
 */
export function answerInParts(options: FastPathOptions): AnswerInParts {
  const { engine, admission } = options;
  return async (request, params, context) => {
    const form = incrementalForm(request);
    const operation = await admission.admit(params, context, transports.post);
    if (!('graph' in operation)) return single(request, operationResponse(operation, options));
    const started: StartedOperation =
      form?.kind === 'multipart'
        ? await engine.start(operation.graph, operation)
        : { result: await engine.run(operation.graph, operation) };
    if (started.later && form?.kind === 'multipart') return inParts(started, form.format, options);
    return single(
      request,
      withScopeSync(context.scope, () => operationResponse(started.result, options)),
    );
  };
}

function inParts(
  { result, later }: StartedOperation,
  format: IncrementalFormat,
  { mask, cacheHeaders }: FastPathOptions,
): FastPathResponse {
  const texts = multipartTexts(mask, format);
  const payloads = later && incrementalPayloads(result, later, { format, mask });
  return {
    status: 200,
    // Proxies such as nginx pass each part on at once, instead of collecting some.
    headers: headersOf(texts.contentType, cacheHeaders.uncacheable).set('x-accel-buffering', 'no'),
    pieces: pieces(texts, payloads ?? []),
  };
}

async function* pieces(texts: EventTexts, payloads: AsyncIterable<object> | Iterable<object>): AsyncGenerator<string> {
  let start = texts.start;
  for await (const payload of payloads) {
    yield start + texts.result(payload);
    start = '';
  }
  yield texts.end;
}

function single(request: IncomingMessage, { status, headers, body }: OperationResponse): FastPathResponse {
  const text = restoreNumbers(JSON.stringify(body));
  const type = jsonType(request);
  if (type !== undefined) return { status, headers: headersOf(`${type}; charset=utf-8`, headers), text };
  const parts = multipartText('-', 'deferSpec=20220824');
  return { status, headers: headersOf(parts.contentType, headers), text: parts.start + parts.part(text) + parts.end };
}

function headersOf(contentType: string, others: Map<string, string> | undefined = undefined): Map<string, string> {
  return new Map([...(others ?? []), ['content-type', contentType]]);
}
