import {
  type Attributes,
  type Context,
  context,
  INVALID_SPAN_CONTEXT,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanOptions,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { currentRequest } from './request-scope.js';

/** W3C trace context, as it comes and goes in headers. */
export interface TraceHeaders {
  traceparent: string;
  tracestate?: string | undefined;
}

/** What a span is called, and what is known of it at its beginning. The same object serves for all that are alike. */
export interface SpanTemplate extends SpanOptions {
  name: string;
  attributes?: Attributes;
}

let tracer: Tracer | undefined;

/** What work is given in place of a span that nobody would see. */
const nobodys = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);

/** From now on spans are those of the tracer provider that is registered; before and after there are none. */
export function setTracingEnabled(on: boolean): void {
  tracer = on ? trace.getTracer('marquee') : undefined;
}

/** Whether spans go anywhere: what only they need is not worked out otherwise. */
export function isTracingEnabled(): boolean {
  return tracer !== undefined;
}

/** Whether there is a span that the running work belongs to. */
export function hasActiveSpan(): boolean {
  return tracer !== undefined && trace.getActiveSpan() !== undefined;
}

/**
 * Runs `work` as a span; without tracing it only runs. A throw marks the span as failed.
 * @param work is given the span, and what spans below it are started in where that is handed on
 * @param parent what the span is started in; the running one when left out
 */
export function withSpan<Result>(
  form: SpanTemplate,
  work: (span: Span, within: Context) => Promise<Result>,
  parent?: Context,
): Promise<Result> {
  if (!tracer) return work(nobodys, ROOT_CONTEXT);
  const above = parent ?? context.active();
  const running = trace.getSpan(above);
  if (running && isUnseen(running)) return context.with(above, () => work(running, above));
  const span = tracer.startSpan(form.name, form, above);
  const within = trace.setSpan(above, span);
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

/** Whether a span of this process was drawn to be left out: all below it would be, too. */
function isUnseen(span: Span): boolean {
  return !span.isRecording() && span.spanContext().isRemote !== true;
}

/**
 * Tells of what has ended already, below the running span; it has failed when it has an `error.type`.
 * @param milliseconds how long it took, until now
 */
export function recordSpan(form: SpanTemplate, milliseconds: number): void {
  const endTime = Date.now();
  const span = tracer?.startSpan(form.name, { ...form, startTime: endTime - milliseconds });
  if (form.attributes?.['error.type'] !== undefined) span?.setStatus({ code: SpanStatusCode.ERROR });
  span?.end(endTime);
}

/** What spans within the trace of whoever asked are started in. */
export function extractContext(headers: TraceHeaders | undefined): Context {
  return tracer && headers ? propagation.extract(ROOT_CONTEXT, headers) : ROOT_CONTEXT;
}

/**
 * Adds to the headers of a request, names and values in turn, what makes it part of a trace: of the span that `within`
 * holds, or without tracing of the one that came. Baggage is nobody's business.
 */
export function injectTrace(headers: string[], within: Context, came: TraceHeaders | undefined): void {
  if (tracer) return void headers.push(...headersWithin(within));
  if (came === undefined) return;
  headers.push('traceparent', came.traceparent);
  if (came.tracestate !== undefined) headers.push('tracestate', came.tracestate);
}

/** What several requests of one span tell of it is the same. */
const written = new WeakMap<Context, readonly string[]>();

function headersWithin(within: Context): readonly string[] {
  const known = written.get(within);
  if (known) return known;
  const headers: string[] = [];
  propagation.inject(within, headers, turns);
  written.set(within, headers);
  return headers;
}

const turns = { set: (headers: string[], name: string, value: string) => void headers.push(name, value) };

/** The id of the running trace, ours or that of whoever asked. */
export function currentTraceId(): string | undefined {
  const scope = currentRequest();
  const own = tracer && (trace.getActiveSpan() ?? (scope?.context && trace.getSpan(scope.context)));
  return own?.spanContext().traceId ?? scope?.trace?.traceparent.split('-')[1];
}

const form = /^[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The trace that headers speak of, where they speak of one. */
export function readTraceHeaders(headers: Record<string, string | string[] | undefined>): TraceHeaders | undefined {
  const { traceparent, tracestate } = headers;
  if (typeof traceparent !== 'string' || !form.test(traceparent)) return undefined;
  return typeof tracestate === 'string' && tracestate.length <= 512 ? { traceparent, tracestate } : { traceparent };
}
