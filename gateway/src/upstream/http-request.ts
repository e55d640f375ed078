import { callerHeader } from '@marquee/chassis/identity/signature';
import { timeLeftHeader } from '@marquee/chassis/http/time-left';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { type Line, logOnceASecond } from '@marquee/chassis/telemetry/repeats';
import { during, requestIdHeader } from '@marquee/chassis/telemetry/request';
import { passTraceOn, traced } from '@marquee/chassis/telemetry/tracing';
import { type Context, type Span, SpanStatusCode } from '@opentelemetry/api';
import type { Dispatcher, Pool } from 'undici';
import type { OperationContext } from '../engine/context.js';
import { type UpstreamResponse, parseResponse } from './upstream-response.js';
import type { Deadline } from './deadline.js';
import { countFailure, abortFailure, toUpstreamFailure, UpstreamFailure } from './upstream-failure.js';
import type { UpstreamTelemetry } from './upstream-telemetry.js';

/** Where requests go. */
export interface RequestTarget {
  name: string;
  path: string;
  pool: Pool;
  telemetry: UpstreamTelemetry;
  log: Logger;
}

/** One request as it goes out. */
export interface UpstreamRequest {
  body: string;
  signedCaller: string;
  deadline: Deadline;
  /** The request of a client that it is part of. */
  scope: OperationContext['scope'];
}

/** Sends one request. @throws UpstreamFailure, which is logged and counted */
export function sendRequest(target: RequestTarget, request: UpstreamRequest): Promise<UpstreamResponse> {
  const { spanTemplate } = target.telemetry;
  return traced(
    spanTemplate,
    (span, within) => sendAndRecord(target, request, { span, within }),
    request.scope?.context,
  );
}

interface Tracing {
  span: Span;
  within: Context;
}

function sendAndRecord(
  target: RequestTarget,
  request: UpstreamRequest,
  { span, within }: Tracing,
): Promise<UpstreamResponse> {
  const { name, telemetry } = target;
  const started = performance.now();
  return exchange(target, request, headersOf(request, within)).then(
    ({ status, response }) => {
      span.setAttribute('http.response.status_code', status);
      telemetry.record(performance.now() - started, 'ok');
      return response;
    },
    (thrown: unknown) => {
      const failure = toUpstreamFailure(name, thrown);
      telemetry.record(performance.now() - started, failure.reason);
      throw recordFailure(failure, { span, target, scope: request.scope });
    },
  );
}

interface ReceivedResponse {
  status: number;
  response: UpstreamResponse;
}

function exchange({ name, path, pool }: RequestTarget, { body, deadline }: UpstreamRequest, headers: string[]) {
  return new Promise<ReceivedResponse>((resolve, reject) => {
    const one = new ResponseCollector(name, resolve, reject);
    deadline.onAbort((ending) => one.end(abortFailure(name, ending)));
    pool.dispatch({ method: 'POST', path, headers, body }, one);
  });
}

/** One request and its answer, which is read whole. Nothing of it is a stream, for answers are small and come at once. */
class ResponseCollector implements Dispatcher.DispatchHandler {
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #ended: UpstreamFailure | undefined;
  #status = 0;

  constructor(
    private readonly name: string,
    private readonly resolve: (exchanged: ReceivedResponse) => void,
    private readonly reject: (failure: unknown) => void,
  ) {}

  /** Nobody waits any more: the connection is closed, for the service may still answer on it. */
  end(failure: UpstreamFailure): void {
    this.#ended = failure;
    this.#controller?.abort(failure);
    this.reject(failure);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#ended) controller.abort(this.#ended);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    try {
      const refusal = statusFailure(this.name, this.#status);
      if (refusal) this.reject(refusal);
      else this.resolve({ status: this.#status, response: parseResponse(this.name, this.#status, this.#text()) });
    } catch (failure) {
      this.reject(failure);
    }
  }

  onResponseError(_: Dispatcher.DispatchController, failure: Error): void {
    this.reject(failure);
  }

  #text(): string {
    const [first, ...more] = this.#chunks;
    return (more.length === 0 ? first : Buffer.concat(this.#chunks))?.toString() ?? '';
  }
}

/** Names and values in turn, which is the form that costs the client least. */
function headersOf({ signedCaller, deadline, scope }: UpstreamRequest, within: Context): string[] {
  const headers = [
    'content-type',
    'application/json',
    'accept',
    'application/json',
    callerHeader,
    signedCaller,
    timeLeftHeader,
    String(Math.max(1, Math.ceil(deadline.remainingMs()))),
  ];
  if (scope?.id !== undefined) headers.push(requestIdHeader, scope.id);
  passTraceOn(headers, within, scope?.trace);
  return headers;
}

/** Other 4xx answers may carry GraphQL errors of the request itself, which a client should see. */
function statusFailure(name: string, status: number): UpstreamFailure | undefined {
  if (status === 401) return new UpstreamFailure(name, 'unauthorized', 'it refused the signed caller');
  if (status < 200 || status >= 500 || (status >= 300 && status < 400))
    return new UpstreamFailure(name, 'status', `HTTP ${status}`, { status });
  return undefined;
}

interface Noting {
  span: Span;
  target: RequestTarget;
  scope: OperationContext['scope'];
}

function recordFailure(failure: UpstreamFailure, { span, target, scope }: Noting): UpstreamFailure {
  countFailure(failure);
  const { service: subgraph, reason, message: detail, cause } = failure;
  if (reason === 'client_gone') return failure;
  span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', reason);
  const code = (cause as { code?: unknown } | undefined)?.code;
  const line: Line = {
    level: reason === 'unauthorized' ? 'error' : 'warn',
    key: `${subgraph} ${reason}`,
    record: { subgraph, reason, detail, code },
    message: 'subgraph failed',
  };
  during(scope, () => logOnceASecond(target.log, line));
  return failure;
}
