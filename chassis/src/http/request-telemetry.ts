import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Context, type Span, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { RequestScope } from '../telemetry/request-scope.js';
import { type Histogram, histogram } from '../telemetry/histograms.js';
import { extractContext, isTracingEnabled, type SpanTemplate, withSpan } from '../telemetry/tracing.js';

/** One exchange, as those who watch see it. */
export interface HttpExchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** What its path is called, however many paths there are. */
  route: string;
}

/** Paths that balancers ask all the time, and how many of those requests there are for each that is traced. */
const probes = new Set(['/health', '/ready']);
const probesPerTrace = 100;

let probed = 0;

/** Answers a request within the trace of its sender. Of health checks one in a hundred is traced. */
export function traceRequest(
  { request, response, route }: HttpExchange,
  scope: RequestScope,
  work: (scope: RequestScope) => Promise<void>,
): Promise<void> {
  if (!isTracingEnabled()) return work(scope);
  if (probes.has(route) && probed++ % probesPerTrace > 0) return work(scope);
  const answering = async (span: Span, context: Context): Promise<void> => {
    await work({ ...scope, context });
    span.setAttribute('http.response.status_code', response.statusCode);
    if (response.statusCode >= 500)
      span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', String(response.statusCode));
  };
  return withSpan(formOf(methodOf(request), route), answering, extractContext(scope.trace));
}

/** Of requests that are alike. */
const forms = new Map<string, SpanTemplate>();
const timings = new Map<string, Histogram>();

function formOf(method: string, route: string): SpanTemplate {
  const name = `${method} ${route}`;
  const known = forms.get(name);
  if (known) return known;
  const attributes = { 'http.request.method': method, 'http.route': route, 'url.scheme': 'http' };
  const form = { name, kind: SpanKind.SERVER, attributes };
  forms.set(name, form);
  return form;
}

export function recordRequest({ request, response, route }: HttpExchange, milliseconds: number): void {
  const [method, status] = [methodOf(request), response.statusCode];
  const key = `${method} ${route} ${status}`;
  const alike = timings.get(key) ?? timingOf({ method, route, status });
  timings.set(key, alike);
  alike.record(milliseconds / 1000);
}

function timingOf({ method, route, status }: { method: string; route: string; status: number }): Histogram {
  const attributes = { 'http.request.method': method, 'http.route': route, 'http.response.status_code': status };
  return histogram('http.server.request.duration', attributes);
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Node takes some thirty methods, and nobody here means most of them. */
function methodOf({ method = '' }: IncomingMessage): string {
  return methods.has(method) ? method : '_OTHER';
}
