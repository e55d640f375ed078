import { callerHeader } from '@marquee/chassis/identity/signature';
import { timeLeftHeader } from '@marquee/chassis/http/time-left';
import { durations } from '@marquee/chassis/telemetry/instruments';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { currentRequest, requestIdHeader } from '@marquee/chassis/telemetry/request';
import { context, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Pool } from 'undici';
import { type Answer, readAnswer } from './answer.js';
import type { Deadline } from './deadline.js';
import { countFailure, failureOf, UpstreamFailure } from './failure.js';

export interface RequestOptions {
  name: string;
  path: string;
  pool: Pool;
  log: Logger;
}

/** One request as it goes out. */
export interface UpstreamRequest {
  body: string;
  signedCaller: string;
  deadline: Deadline;
}

/** Sends one request. @throws UpstreamFailure, which is logged and counted */
export function sendRequest(options: RequestOptions, request: UpstreamRequest): Promise<Answer> {
  return observed(options, () => exchange(options, request));
}

async function exchange({ name, path, pool }: RequestOptions, request: UpstreamRequest): Promise<Answer> {
  const { body, deadline } = request;
  const { signal } = deadline;
  const { statusCode, body: answer } = await pool.request({
    method: 'POST',
    path,
    headers: headersOf(request),
    body,
    signal,
  });
  const refusal = refusalOf(name, statusCode);
  if (refusal === undefined) return readAnswer(name, statusCode, await answer.text());
  await answer.dump();
  throw refusal;
}

function headersOf({ signedCaller, deadline }: UpstreamRequest): Record<string, string> {
  const requestId = currentRequest()?.id;
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/json',
    [callerHeader]: signedCaller,
    [timeLeftHeader]: String(Math.max(1, Math.ceil(deadline.left()))),
    ...(requestId !== undefined && { [requestIdHeader]: requestId }),
  };
  propagation.inject(context.active(), headers);
  return headers;
}

/** Other 4xx answers may carry GraphQL errors of the request itself, which a client should see. */
function refusalOf(name: string, status: number): UpstreamFailure | undefined {
  if (status === 401) return new UpstreamFailure(name, 'unauthorized', 'it refused the signed caller');
  if (status < 200 || status >= 500 || (status >= 300 && status < 400))
    return new UpstreamFailure(name, 'status', `HTTP ${status}`, { status });
  return undefined;
}

function observed({ name, log }: RequestOptions, work: () => Promise<Answer>): Promise<Answer> {
  const options = { kind: SpanKind.CLIENT, attributes: { 'graphql.subgraph': name } };
  return trace.getTracer('marquee').startActiveSpan(`POST ${name}`, options, async (span) => {
    const started = performance.now();
    try {
      return await work();
    } catch (thrown) {
      throw noted(failureOf(name, thrown), span, log);
    } finally {
      durations('http.client.request.duration').record((performance.now() - started) / 1000, { service: name });
      span.end();
    }
  });
}

function noted(failure: UpstreamFailure, span: Span, log: Logger): UpstreamFailure {
  countFailure(failure);
  const { service: subgraph, reason, message: detail, cause } = failure;
  if (reason === 'left') return failure;
  span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', reason);
  const code = (cause as { code?: unknown } | undefined)?.code;
  log[reason === 'unauthorized' ? 'error' : 'warn']({ subgraph, reason, detail, code }, 'subgraph failed');
  return failure;
}
