import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Context, type Span, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { getOrCreate } from '../caching/memoize.js';
import { pathOf } from './request-path.js';
import type { RequestScope } from '../telemetry/request-scope.js';
import { type Histogram, histogram } from '../telemetry/histograms.js';
import { extractContext, isTracingEnabled, type SpanTemplate, withSpan } from '../telemetry/tracing.js';

/** A request and its response. */
export interface HttpExchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** The name of the route, as telemetry reports it: of low cardinality, unlike the path. */
  route: string;
}

/** Paths that load balancers request continuously; one in a hundred of these requests is traced. */
const probes = new Set(['/health', '/ready']);
const probesPerTrace = 100;

let probeCount = 0;

/** Handles a request in a span of its sender's trace. Of health checks, one in a hundred is traced. */
export function traceRequest(
  { request, response, route }: HttpExchange,
  scope: RequestScope,
  work: (scope: RequestScope) => Promise<void>,
): Promise<void> {
  if (!isTracingEnabled()) return work(scope);
  if (probes.has(route) && probeCount++ % probesPerTrace > 0) return work(scope);
  const handle = async (span: Span, context: Context): Promise<void> => {
    span.setAttribute('url.path', pathOf(request).slice(0, maxPathLength));
    await work({ ...scope, context });
    span.setAttribute('http.response.status_code', response.statusCode);
    if (response.statusCode >= 500)
      span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', String(response.statusCode));
  };
  return withSpan(templateOf(methodOf(request), route), handle, extractContext(scope.trace));
}

/** By method and route. */
const templates = new Map<string, SpanTemplate>();
/** By method, route and status. */
const durations = new Map<string, Histogram>();

function templateOf(method: string, route: string): SpanTemplate {
  const name = `${method} ${route}`;
  return getOrCreate(templates, name, () => {
    const attributes = { 'http.request.method': method, 'http.route': route, 'url.scheme': 'http' };
    return { name, kind: SpanKind.SERVER, attributes };
  });
}

/** Records the duration of a request as a metric. */
export function recordRequest({ request, response, route }: HttpExchange, milliseconds: number): void {
  const [method, status] = [methodOf(request), response.statusCode];
  const key = `${method} ${route} ${status}`;
  getOrCreate(durations, key, () => durationOf({ method, route, status })).record(milliseconds / 1000);
}

function durationOf({ method, route, status }: { method: string; route: string; status: number }): Histogram {
  return histogram('http.server.request.duration', {
    'http.request.method': method,
    'http.route': route,
    'http.response.status_code': status,
    'url.scheme': 'http',
    ...(status >= 500 && { 'error.type': String(status) }),
  });
}

/** Maximum length of a path in a trace, in characters. */
const maxPathLength = 200;

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Node accepts about thirty methods; uncommon ones share a name, as the semantic conventions require. */
function methodOf({ method = '' }: IncomingMessage): string {
  return methods.has(method) ? method : '_OTHER';
}
