import { counter } from '@marquee/chassis/telemetry/instruments';
import type { AbortReason } from './deadline.js';

/**
 * How a subgraph failed to answer. `unauthorized`: it did not believe the signed caller. `full` and `open`: it was not
 * asked, since too many wait for it already, or it has failed too often of late. `left`: nobody waits for the answer.
 */
export type FailureReason =
  | 'timeout'
  | 'connection'
  | 'status'
  | 'unauthorized'
  | 'invalid_response'
  | 'queue_full'
  | 'circuit_open'
  | 'client_gone';

/** A subgraph gave no answer that can be used. What it sent instead stays in here. */
export class UpstreamFailure extends Error {
  /** Whether the same might succeed when asked again: the connection failed, or something before the service did. */
  readonly isTransient: boolean;

  constructor(
    readonly service: string,
    readonly reason: FailureReason,
    detail: string,
    { cause, status }: { cause?: unknown; status?: number } = {},
  ) {
    // It is about no place in this code, and to note one costs more than to fail does: streams read the stack at once.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(`${service}: ${detail}`, { cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'UpstreamFailure';
    this.isTransient = reason === 'connection' || status === 502 || status === 503;
  }
}

/** The failure of a request that was ended before its answer came. */
export function abortFailure(service: string, ending: AbortReason): UpstreamFailure {
  if (ending === 'timeout') return new UpstreamFailure(service, 'timeout', 'no answer in time');
  return new UpstreamFailure(service, 'client_gone', 'nobody waits for the answer');
}

/** Tells why a request failed, from what the HTTP client threw. */
export function toUpstreamFailure(service: string, thrown: unknown): UpstreamFailure {
  if (thrown instanceof UpstreamFailure) return thrown;
  const { code } = thrown as { code?: string };
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
    return new UpstreamFailure(service, 'invalid_response', 'the answer is larger than what is read');
  return new UpstreamFailure(service, 'connection', 'the connection failed', { cause: thrown });
}

/**
 * Counts a failure by service and reason, and a request that was ended before its answer came. That a client has left
 * is no failure of the service.
 */
export function countFailure({ service, reason }: UpstreamFailure): void {
  if (reason === 'client_gone' || reason === 'timeout')
    counter('marquee.upstream.aborted').add(1, {
      service,
      reason: reason === 'client_gone' ? 'client_gone' : 'deadline',
    });
  if (reason !== 'client_gone') counter('marquee.upstream.failures').add(1, { service, reason });
}
