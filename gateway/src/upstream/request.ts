import { callerHeader } from '@marquee/chassis/identity/signature';
import { timeLeftHeader } from '@marquee/chassis/http/time-left';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { logOnceASecond } from '@marquee/chassis/telemetry/repeats';
import { currentRequest, requestIdHeader } from '@marquee/chassis/telemetry/request';
import { passTraceOn, traced } from '@marquee/chassis/telemetry/tracing';
import { type Span, SpanStatusCode } from '@opentelemetry/api';
import type { Pool } from 'undici';
import { type Answer, readAnswer } from './answer.js';
import type { Deadline } from './deadline.js';
import { countFailure, failureOf, UpstreamFailure } from './failure.js';
import type { Watched } from './watched.js';

export interface RequestOptions {
  name: string;
  path: string;
  pool: Pool;
  watched: Watched;
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
  return observed(options, (span) => exchange(options, request, span));
}

async function exchange({ name, path, pool }: RequestOptions, request: UpstreamRequest, span: Span): Promise<Answer> {
  const { body, deadline } = request;
  const { signal } = deadline;
  const { statusCode, body: answer } = await pool.request({
    method: 'POST',
    path,
    headers: headersOf(request),
    body,
    signal,
  });
  span.setAttribute('http.response.status_code', statusCode);
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
  passTraceOn(headers);
  return headers;
}

/** Other 4xx answers may carry GraphQL errors of the request itself, which a client should see. */
function refusalOf(name: string, status: number): UpstreamFailure | undefined {
  if (status === 401) return new UpstreamFailure(name, 'unauthorized', 'it refused the signed caller');
  if (status < 200 || status >= 500 || (status >= 300 && status < 400))
    return new UpstreamFailure(name, 'status', `HTTP ${status}`, { status });
  return undefined;
}

function observed({ name, watched, log }: RequestOptions, work: (span: Span) => Promise<Answer>): Promise<Answer> {
  return traced(watched.form, async (span) => {
    const started = performance.now();
    try {
      const answer = await work(span);
      watched.record(performance.now() - started, 'ok');
      return answer;
    } catch (thrown) {
      const failure = failureOf(name, thrown);
      watched.record(performance.now() - started, failure.reason);
      throw noted(failure, span, log);
    }
  });
}

function noted(failure: UpstreamFailure, span: Span, log: Logger): UpstreamFailure {
  countFailure(failure);
  const { service: subgraph, reason, message: detail, cause } = failure;
  if (reason === 'left') return failure;
  span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', reason);
  const code = (cause as { code?: unknown } | undefined)?.code;
  logOnceASecond(log, {
    level: reason === 'unauthorized' ? 'error' : 'warn',
    key: `${subgraph} ${reason}`,
    record: { subgraph, reason, detail, code },
    message: 'subgraph failed',
  });
  return failure;
}
