import { getOrCreate } from '@marquee/chassis/caching/memoize';
import type { MaskError } from '@marquee/chassis/errors/mask-errors';
import { multipartText } from '@marquee/chassis/http/multipart-mixed';
import { losslessJson } from '@marquee/chassis/json/lossless-json';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { isPosition } from './live-event.js';

/** The text of a response with several results. */
export interface EventTexts {
  contentType: string;
  start: string;
  /** Keeps an idle connection open. */
  heartbeat: string;
  heartbeatMs: number;
  /** @param cursor from which a client resumes after this result */
  result(result: ExecutionResult, cursor?: unknown): string;
  /** The error with which the gateway ends the stream. */
  failure(error: GraphQLError): string;
  /** Ends a complete stream. Without it the client knows that the connection was lost. */
  end: string;
}

/** The "distinct connections mode" of the GraphQL over SSE protocol (enisdenjo/graphql-sse, PROTOCOL.md). */
export function serverSentTexts(mask: MaskError): EventTexts {
  const next = (result: ExecutionResult, cursor?: unknown): string =>
    isPosition(result)
      ? `${eventId(cursor)}\n`
      : `event: next\n${eventId(cursor)}data: ${stringifyResult(result, mask)}\n\n`;
  return {
    contentType: 'text/event-stream; charset=utf-8',
    start: ':\n\n',
    heartbeat: ':\n\n',
    heartbeatMs: 12_000,
    result: next,
    failure: (error) => next({ errors: [error] }),
    end: 'event: complete\ndata:\n\n',
  };
}

/**
 * A client that connects again sends the last id in `Last-Event-ID` (HTML, section 9.2). An id without data is no event:
 * before the first one, it is the position at which the subscription starts.
 */
function eventId(cursor: unknown): string {
  const id = typeof cursor === 'string' || typeof cursor === 'number' ? String(cursor) : '';
  return /^[!-~]+$/.test(id) ? `id: ${id}\n` : '';
}

/** Apollo's "multipart subscription protocol for GraphQL over HTTP", version 1.0. */
export function multipartSubscriptionTexts(mask: MaskError): EventTexts {
  const { contentType, start, part, end } = multipartText('graphql', 'subscriptionSpec=1.0');
  return {
    contentType,
    start: start + part('{}'),
    heartbeat: part('{}'),
    heartbeatMs: 5_000,
    result: (result) => part(`{"payload":${stringifyResult(result, mask)}}`),
    failure: (error) => part(`{"payload":null,${stringifyResult({ errors: [error] }, mask).slice(1)}`),
    end,
  };
}

/** The parts of one result with `@defer` or `@stream`. */
export function multipartTexts(mask: MaskError, format: string): EventTexts {
  const { contentType, start, part, end } = multipartText('-', format);
  const result = (one: ExecutionResult): string => part(stringifyResult(one, mask));
  return {
    contentType,
    start,
    heartbeat: '',
    heartbeatMs: 60_000,
    result,
    failure: (error) => part(`{"errors":${JSON.stringify([mask(toFormatted(error), error)])},"hasNext":false}`),
    end,
  };
}

const texts = new WeakMap<ExecutionResult, string>();

/** The result of one event goes to thousands of clients, and is masked and serialized once. */
function stringifyResult(result: ExecutionResult, mask: MaskError): string {
  return getOrCreate(texts, result, () => stringify(result, mask));
}

function stringify({ errors, ...rest }: ExecutionResult, mask: MaskError): string {
  const masked = errors && { errors: errors.map((error) => mask(toFormatted(error), error)) };
  return losslessJson.encode(JSON.stringify({ ...masked, ...rest }));
}

function toFormatted(error: GraphQLError): ReturnType<GraphQLError['toJSON']> {
  return error instanceof GraphQLError ? error.toJSON() : error;
}
