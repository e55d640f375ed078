import type { IncomingHttpHeaders } from 'node:http';
import { callerHeader } from '@marquee/chassis/identity/caller-signature';
import { connectionHeader } from '@marquee/chassis/identity/connection-id';
import { timeoutHeader } from '@marquee/chassis/http/request-timeout';
import { parseWork, workHeader } from '@marquee/chassis/http/request-work';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { type ThrottledLine, logThrottled } from '@marquee/chassis/telemetry/throttled-log';
import { withScopeSync, requestIdHeader } from '@marquee/chassis/telemetry/request-scope';
import { injectTrace, withSpan } from '@marquee/chassis/telemetry/tracing';
import { type Context, type Span, SpanStatusCode } from '@opentelemetry/api';
import type { Dispatcher, Pool } from 'undici';
import type { OperationContext } from '../engine/operation-context.js';
import { type UpstreamResponse, parseResponse } from './upstream-response.js';
import type { Deadline } from './deadline.js';
import { countFailure, abortFailure, toUpstreamFailure, UpstreamFailure } from './upstream-failure.js';
import type { UpstreamTelemetry } from './upstream-telemetry.js';

/** The service that requests are sent to. */
export interface RequestTarget {
  name: string;
  path: string;
  pool: Pool;
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

function dispatch({ name, path, pool }: RequestTarget, { body, deadline, work }: UpstreamRequest, headers: string[]) {
  return new Promise<ReceivedResponse>((resolve, reject) => {
    const collector = new ResponseCollector(name, work, resolve, reject);
    deadline.onAbort((reason) => collector.abort(abortFailure(name, reason)));
    pool.dispatch({ method: 'POST', path, headers, body }, collector);
  });
}

/** Collects the whole response in memory: responses are small, and a stream for each would cost more than it saves. */
class ResponseCollector implements Dispatcher.DispatchHandler {
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #aborted: UpstreamFailure | undefined;
  #status = 0;
  #reported: string | string[] | undefined;
  #cacheControl: string | undefined;
  #age: number | undefined;

  constructor(
    private readonly name: string,
    private readonly work: OperationContext['work'],
    private readonly resolve: (received: ReceivedResponse) => void,
    private readonly reject: (failure: unknown) => void,
  ) {}

  /** Aborts the request. This closes its connection, on which the service might otherwise still respond. */
  abort(failure: UpstreamFailure): void {
    this.#aborted = failure;
    this.#controller?.abort(failure);
    this.reject(failure);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#aborted) controller.abort(this.#aborted);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    if (this.work) this.#reported = headers[workHeader];
    this.#cacheControl = headers['cache-control']?.toString();
    if (headers.age !== undefined) this.#age = Number(headers.age);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#addWork();
    try {
      const failure = statusFailure(this.name, this.#status);
      if (failure) return this.reject(failure);
      const [first, ...more] = this.#chunks;
      const body = more.length === 0 ? first : Buffer.concat(this.#chunks);
      const response = parseResponse(this.name, this.#status, body?.toString() ?? '');
      response.cacheControl = this.#cacheControl;
      response.age = this.#age;
      this.resolve({ status: this.#status, response });
    } catch (failure) {
      this.reject(failure);
    }
  }

  onResponseError(_: Dispatcher.DispatchController, failure: Error): void {
    this.reject(failure);
  }

  #addWork(): void {
    if (!this.work || typeof this.#reported !== 'string') return;
    const bytes = this.#chunks.reduce((sum, { length }) => sum + length, 0);
    this.work.add(parseWork(this.#reported, bytes));
  }
}

/** Alternating names and values: the cheapest form for undici. */
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
