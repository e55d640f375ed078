import type { Logger } from '@marquee/chassis/telemetry/log';
import { logThrottled } from '@marquee/chassis/telemetry/throttled-log';
import { type Span, TraceFlags } from '@opentelemetry/api';

/** An operation of a sampled trace that has ended. */
export interface TracedOperation {
  /** For example `query Feed`; names that clients invent are not contained. */
  operation: string;
  outcome: 'ok' | 'partial' | 'failed';
  milliseconds: number;
  traceId: string;
}

/** Milliseconds from which an operation is slow. */
const slowMs = 1_000;

/** The id of a trace that can be looked up: it is exported. */
export function exportedTraceId(span: Span): string | undefined {
  const { traceId, traceFlags } = span.spanContext();
  return span.isRecording() && (traceFlags & TraceFlags.SAMPLED) !== 0 ? traceId : undefined;
}

/**
 * Logs the traces of operations that are slow or have errors, at most one a second for each operation: dashboards show them beside the
 * durations, because the exporters of metrics write no exemplars.
 */
export function createSlowOperationLog(log: Logger): (traced: TracedOperation) => void {
  return (traced) => {
    if (traced.outcome === 'ok' && traced.milliseconds < slowMs) return;
    const record = { ...traced, milliseconds: Math.round(traced.milliseconds) };
    const message = 'an operation was slow or failed';
    logThrottled(log, { level: 'warn', key: `slow ${traced.operation}`, record, message });
  };
}
