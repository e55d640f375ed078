import {
  type Attributes,
  type Context,
  context,
  INVALID_SPAN_CONTEXT,
  type Link,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanOptions,
  SpanStatusCode,
  TraceFlags,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { getOrCreate } from '../caching/memoize.js';
import { currentRequest } from './request-scope.js';
import { recordedMember } from './sampler-names.js';

/** W3C trace context, as in HTTP headers. */
export interface TraceHeaders {
  traceparent: string;
  tracestate?: string | undefined;
}

/** The name and initial attributes of a span. Reusable for all spans of the same kind. */
export interface SpanTemplate extends SpanOptions {
  name: string;
  attributes?: Attributes;
}

let tracer: Tracer | undefined;

/** Passed to work whose span is not recorded. */
const unrecordedSpan = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);

/** Whether the sampler exports a trace that has no parent. */
let samplesRoot: () => boolean = samplesNothing;

/**
 * Starts recording spans with the registered tracer provider, or stops it.
 * @param wouldSampleRoot whether its sampler exports a trace that has no parent
 */
export function setTracingEnabled(enabled: boolean, wouldSampleRoot: () => boolean = samplesNothing): void {
  tracer = enabled ? trace.getTracer('marquee') : undefined;
  samplesRoot = wouldSampleRoot;
}

function samplesNothing(): boolean {
  return false;
}

/** Whether spans are recorded. Skip work that only spans need otherwise. */
export function isTracingEnabled(): boolean {
  return tracer !== undefined;
}

/** Whether the current work belongs to a span. */
export function hasActiveSpan(): boolean {
  return tracer !== undefined && trace.getActiveSpan() !== undefined;
}

/**
 * Runs `work` in a span, or without one if tracing is disabled. An error marks the span as failed.
 * @param work receives the span, and the context in which to start its child spans where it is passed on explicitly
 * @param parent the context in which the span is started. Default: the active one
 */
export function withSpan<Result>(
  template: SpanTemplate,
  work: (span: Span, within: Context) => Promise<Result>,
  parent?: Context,
): Promise<Result> {
  if (!tracer) return work(unrecordedSpan, ROOT_CONTEXT);
  const parentContext = parent ?? context.active();
  const parentSpan = trace.getSpan(parentContext);
  if (parentSpan && isSampledOut(parentSpan)) return context.with(parentContext, () => work(parentSpan, parentContext));
  const span = tracer.startSpan(template.name, template, parentContext);
  const within = trace.setSpan(parentContext, span);
  return context.with(within, async () => {
    try {
      return await work(span, within);
    } catch (failure) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw failure;
    } finally {
      span.end();
    }
  });
}

/** Whether a span of this process was not sampled; its child spans would not be, either. */
function isSampledOut(span: Span): boolean {
  return !span.isRecording() && span.spanContext().isRemote !== true;
}

/**
 * Records a span that has just ended, below the active one. It is marked as failed if it has an `error.type`.
 * @param milliseconds its duration until now
 */
export function recordSpan(template: SpanTemplate, milliseconds: number): void {
  const endTime = Date.now();
  const span = tracer?.startSpan(template.name, { ...template, startTime: endTime - milliseconds });
  if (template.attributes?.['error.type'] !== undefined) span?.setStatus({ code: SpanStatusCode.ERROR });
  span?.end(endTime);
}

/** The context in which to start spans of the sender's trace. */
export function extractContext(headers: TraceHeaders | undefined): Context {
  return tracer && headers ? propagation.extract(ROOT_CONTEXT, headers) : ROOT_CONTEXT;
}

/**
 * Adds trace context to the headers of an outgoing request: that of the span in `within`, or, without tracing, that of the
 * incoming request. Baggage is not passed on.
 *
 * @param headers names and values, alternating
 */
export function injectTrace(headers: string[], within: Context, incoming: TraceHeaders | undefined): void {
  if (tracer) return void headers.push(...headersWithin(within));
  if (incoming === undefined) return;
  headers.push('traceparent', incoming.traceparent);
  if (incoming.tracestate !== undefined) headers.push('tracestate', incoming.tracestate);
}

/** The W3C trace context of the current work, to be stored with the work that it causes later. */
export function currentTraceparent(): string | undefined {
  const headers: string[] = [];
  injectTrace(headers, context.active(), currentRequest()?.trace);
  return headers[headers.indexOf('traceparent') + 1];
}

/** Like `currentTraceparent`; undefined if the trace is not sampled, so that nothing can refer to it. */
export function sampledTraceparent(): string | undefined {
  const traceparent = currentTraceparent();
  return isSampledTrace(traceparent) ? traceparent : undefined;
}

/** Whether the trace of a W3C trace context is sampled. */
export function isSampledTrace(traceparent: string | undefined): traceparent is string {
  return traceparent !== undefined && isSampled({ traceparent });
}

/** Links to the spans of other traces, each once: of events, to the requests that caused them. */
export function linksTo(traceparents: readonly (string | undefined)[]): Link[] {
  if (!tracer) return [];
  return [...new Set(traceparents)].flatMap((traceparent) => {
    const read = readTraceHeaders({ traceparent });
    const linked = read && trace.getSpanContext(propagation.extract(ROOT_CONTEXT, read));
    return linked ? [{ context: linked }] : [];
  });
}

/** The headers of a span, which are the same for all of its requests. */
const injected = new WeakMap<Context, readonly string[]>();

function headersWithin(within: Context): readonly string[] {
  return getOrCreate(injected, within, () => {
    const headers: string[] = [];
    propagation.inject(within, headers, alternating);
    return headers;
  });
}

const alternating = { set: (headers: string[], name: string, value: string) => void headers.push(name, value) };

/** The id of the current trace: of the active span, or without tracing of the incoming request. */
export function currentTraceId(): string | undefined {
  const scope = currentRequest();
  const own = tracer && (trace.getActiveSpan() ?? (scope?.context && trace.getSpan(scope.context)));
  return own?.spanContext().traceId ?? scope?.trace?.traceparent.split('-')[1];
}

/** The characters of W3C's list members and of the separators between them. */
const tracestateFormat = /^[\t\x20-\x7e]{0,512}$/;

const traceparentFormat = /^[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * The trace context of a client outside of the system. The client may choose the trace and leave it unsampled, but neither
 * its sampled flag nor its `tracestate` decides: the configured samplers do, as for a request without a trace.
 */
export function readPublicTrace(headers: Record<string, string | string[] | undefined>): TraceHeaders | undefined {
  const read = readTraceHeaders(headers);
  if (read === undefined) return undefined;
  const { traceparent, tracestate } = read;
  const isKept = !isSampled(read) || (tracer !== undefined && samplesRoot());
  return {
    traceparent: isKept ? traceparent : `${traceparent.slice(0, -2)}00`,
    ...(tracestate !== undefined && { tracestate: withoutDecision(tracestate) }),
  };
}

function withoutDecision(tracestate: string): string {
  const members = tracestate.split(',');
  return members.filter((member) => member.split('=', 1)[0]?.trim() !== recordedMember).join(',');
}

function isSampled({ traceparent }: TraceHeaders): boolean {
  return (parseInt(traceparent.slice(-2), 16) & TraceFlags.SAMPLED) !== 0;
}

/** Reads W3C trace context from headers; undefined if it is absent or invalid. */
export function readTraceHeaders(headers: Record<string, string | string[] | undefined>): TraceHeaders | undefined {
  const { traceparent, tracestate } = headers;
  if (typeof traceparent !== 'string' || !traceparentFormat.test(traceparent)) return undefined;
  const isForwarded = typeof tracestate === 'string' && tracestateFormat.test(tracestate);
  return isForwarded ? { traceparent, tracestate } : { traceparent };
}
