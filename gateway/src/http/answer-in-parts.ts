import type { FastPathResponse } from '@marquee/chassis/http/graphql-route';
import { multipartText } from '@marquee/chassis/http/multipart-mixed';
import type { StreamForm } from '../admission/response-forms.js';
import type { StartedOperation } from '../engine/planner/started-operation.js';
import { type EventTexts, multipartTexts, serverSentTexts } from '../live/event-texts.js';
import { incrementalPayloads } from '../live/incremental-payloads.js';
import type { OperationResponse, OperationResponseOptions } from './operation-response.js';

/** Answers with the parts of an operation with `@defer` or `@stream` as they become available. */
export function answerInParts(
  { result, later }: StartedOperation,
  form: StreamForm,
  { mask, cacheHeaders }: OperationResponseOptions,
): FastPathResponse {
  const format = form.kind === 'events' ? 'deferSpec=20220824' : form.format;
  const texts = form.kind === 'events' ? serverSentTexts(mask) : multipartTexts(mask, format);
  const payloads = later && incrementalPayloads(result, later, { format, mask });
  return {
    status: 200,
    // Proxies such as nginx pass each part on at once, instead of collecting some.
    headers: new Map([...cacheHeaders.uncacheable, ['content-type', texts.contentType], ['x-accel-buffering', 'no']]),
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

/** Sends a JSON text as the only part, to a client that accepts nothing but parts. */
export function singlePart({ status, headers }: Pick<OperationResponse, 'status' | 'headers'>, text: string) {
  const { contentType, start, part, end } = multipartText('-', 'deferSpec=20220824');
  return {
    status,
    headers: new Map([...headers, ['content-type', contentType]]),
    text: start + part(text) + end,
  } satisfies FastPathResponse;
}
