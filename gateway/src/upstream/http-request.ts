import { callerHeader } from '@marquee/chassis/identity/caller-signature';
import { connectionHeader } from '@marquee/chassis/identity/connection-id';
import { timeoutHeader } from '@marquee/chassis/http/request-timeout';
import { parseWork, workHeader } from '@marquee/chassis/http/request-work';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { type ThrottledLine, logThrottled } from '@marquee/chassis/telemetry/throttled-log';
import { withScopeSync, requestIdHeader } from '@marquee/chassis/telemetry/request-scope';
import { injectTrace, withSpan } from '@marquee/chassis/telemetry/tracing';
import { type Context, type Span, SpanStatusCode } from '@opentelemetry/api';
import type { OperationContext } from '../engine/operation-context.js';
import { type UpstreamResponse, parseResponse } from './upstream-response.js';
import type { Deadline } from './deadline.js';
import type { ResponseReceiver, ServiceClient, ServiceResponse } from './service-client.js';
import { countFailure, abortFailure, toUpstreamFailure, UpstreamFailure } from './upstream-failure.js';
import type { UpstreamTelemetry } from './upstream-telemetry.js';

/** The service that requests are sent to. */
export interface RequestTarget {
  name: string;
  client: ServiceClient;
  telemetry: UpstreamTelemetry;
  log: Logger;
}

/** One HTTP request. */
export interface UpstreamRequest {
  body: string;
  signedCaller: string;
  /** The id of the client's WebSocket, if the service is to know it. */
  connectionId?: string | undefined;
  deadline: Deadline;
  /** The client request that it belongs to. */
  scope: OperationContext['scope'];
  /** Adds up the work that the service reports. */
  work?: OperationContext['work'];
}

/** Sends one request and parses the response. @throws UpstreamFailure, already logged and counted */
export function sendRequest(target: RequestTarget, request: UpstreamRequest): Promise<UpstreamResponse> {
  const { spanTemplate } = target.telemetry;
  return withSpan(
    spanTemplate,
    (span, context) => sendAndRecord(target, request, { span, context }),
    request.scope?.context,
  );
}

interface Tracing {
  span: Span;
  context: Context;
}

function sendAndRecord(
  target: RequestTarget,
  request: UpstreamRequest,
  { span, context }: Tracing,
): Promise<UpstreamResponse> {
  const { name, telemetry } = target;
  const started = performance.now();
  return dispatch(target, request, headersOf(request, context)).then(
    ({ status, response }) => {
      span.setAttribute('http.response.status_code', status);
      telemetry.record(performance.now() - started, 'ok');
      return response;
    },
    (error: unknown) => {
      const failure = toUpstreamFailure(name, error);
      telemetry.record(performance.now() - started, failure.reason);
      throw recordFailure(failure, { span, target, scope: request.scope });
    },
  );
}

interface ReceivedResponse {
  status: number;
  response: UpstreamResponse;
}

function dispatch({ name, client }: RequestTarget, { body, deadline, work }: UpstreamRequest, headers: string[]) {
  return new Promise<ReceivedResponse>((resolve, reject) => {
    const giveUp = client.post({ headers, body }, new ResponseParser(name, work, resolve, reject));
    deadline.onAbort((reason) => {
      giveUp();
      reject(abortFailure(name, reason));
    });
  });
}

class ResponseParser implements ResponseReceiver {
  constructor(
    private readonly name: string,
    private readonly work: OperationContext['work'],
    private readonly resolve: (received: ReceivedResponse) => void,
    private readonly reject: (failure: unknown) => void,
  ) {}

  onResponse({ status, headers, text, bytes }: ServiceResponse): void {
    try {
      const reported = headers[workHeader];
      if (this.work && reported !== undefined) this.work.add(parseWork(reported, bytes));
      const failure = statusFailure(this.name, status);
      if (failure) return this.reject(failure);
      const response = parseResponse(this.name, status, text);
      response.cacheControl = headers['cache-control'];
      if (headers['age'] !== undefined) response.age = Number(headers['age']);
      this.resolve({ status, response });
    } catch (failure) {
      this.reject(failure);
    }
  }

  onFailure(failure: Error): void {
    this.reject(failure);
  }
}

/** Alternating names and values: the cheapest form. */
function headersOf({ signedCaller, connectionId, deadline, scope }: UpstreamRequest, context: Context): string[] {
  const remainingMs = deadline.remainingMs();
  const headers = [
    'content-type',
    'application/json',
    'accept',
    'application/json',
    callerHeader,
    signedCaller,
    timeoutHeader,
    String(Math.max(1, Math.ceil(remainingMs - Math.min(maxMarginMs, remainingMs / 20)))),
  ];
  if (scope?.id !== undefined) headers.push(requestIdHeader, scope.id);
  if (connectionId !== undefined) headers.push(connectionHeader, connectionId);
  injectTrace(headers, context, scope?.trace);
  return headers;
}

/**
 * A subgraph has less time than the gateway, by a twentieth and at most by these milliseconds, so that its response to a
 * deadline that passes arrives in time.
 */
const maxMarginMs = 150;

/** A 4xx other than 401 may carry GraphQL errors about the request, which the client should see: no failure. */
function statusFailure(name: string, status: number): UpstreamFailure | undefined {
  if (status === 401) return new UpstreamFailure(name, 'unauthorized', 'the signed caller was rejected');
  if (status < 200 || status >= 500 || (status >= 300 && status < 400))
    return new UpstreamFailure(name, 'status', `HTTP ${status}`, { status });
  return undefined;
}

interface FailureContext {
  span: Span;
  target: RequestTarget;
  scope: OperationContext['scope'];
}

function recordFailure(failure: UpstreamFailure, { span, target, scope }: FailureContext): UpstreamFailure {
  countFailure(failure);
  const { service: subgraph, reason, message: detail, cause } = failure;
  if (reason === 'client_gone') return failure;
  span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', reason);
  const code = (cause as { code?: unknown } | undefined)?.code;
  const line: ThrottledLine = {
    level: reason === 'unauthorized' ? 'error' : 'warn',
    key: `${subgraph} ${reason}`,
    record: { subgraph, reason, detail, code },
    message: 'request to subgraph failed',
  };
  withScopeSync(scope, () => logThrottled(target.log, line));
  return failure;
}
