import { counter } from '@marquee/chassis/telemetry/instruments';
import type { AbortReason } from './deadline.js';
import { ResponseTooLarge } from './service-client.js';

/**
 * Why a call to a subgraph failed; also the label `reason` of the metrics.
 * - `timeout`: no response within SUBGRAPH_TIMEOUT_SECONDS
 * - `connection`: the connection could not be opened, or was lost
 * - `status`: an HTTP status that is not a GraphQL response, such as 500 or a redirect
 * - `unauthorized`: the subgraph rejected the signed caller (401)
 * - `refused`: a 4xx status other than 401 without a GraphQL response
 * - `invalid_response`: not a GraphQL response, or the wrong number of entities
 * - `too_large`: the response exceeds the size limit
 * - `queue_full`: not sent, because too many requests are waiting for this subgraph
 * - `circuit_open`: not sent, because the circuit breaker is open
 * - `parked`: not sent, because this operation of this caller keeps failing
 * - `client_gone`: aborted, because the client disconnected
 */
export type FailureReason =
  | 'timeout'
  | 'connection'
  | 'status'
  | 'unauthorized'
  | 'refused'
  | 'invalid_response'
  | 'too_large'
  | 'queue_full'
  | 'circuit_open'
  | 'parked'
  | 'client_gone';

/** A call to a subgraph without a usable response. The body that the subgraph sent is never part of the error. */
export class UpstreamFailure extends Error {
  /** Whether a retry may succeed: the connection failed, or a proxy responded with 502 or 503. */
  readonly isTransient: boolean;

  constructor(
    readonly service: string,
    readonly reason: FailureReason,
    detail: string,
    { cause, status }: { cause?: unknown; status?: number } = {},
  ) {
    // No stack trace: the failure is not about this code, and capturing one costs more than the failed call itself.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(`${service}: ${detail}`, { cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'UpstreamFailure';
    this.isTransient = reason === 'connection' || status === 502 || status === 503;
  }
}

/** The failure of a call that was aborted before its response arrived. */
export function abortFailure(service: string, reason: AbortReason): UpstreamFailure {
  if (reason === 'timeout') return new UpstreamFailure(service, 'timeout', 'no response before the deadline');
  return new UpstreamFailure(service, 'client_gone', 'the client disconnected');
}

/** Converts an error of the HTTP client into an `UpstreamFailure`. */
export function toUpstreamFailure(service: string, error: unknown): UpstreamFailure {
  if (error instanceof UpstreamFailure) return error;
  if (error instanceof ResponseTooLarge)
    return new UpstreamFailure(service, 'too_large', 'the response exceeds the size limit');
  return new UpstreamFailure(service, 'connection', 'the connection failed', { cause: error });
}

/**
 * Counts a failure by service and reason. Aborted calls have a counter of their own, in which a timeout is named
 * `deadline`. A disconnected client does not count as a failure of the service.
 */
export function countFailure({ service, reason }: UpstreamFailure): void {
  if (reason === 'client_gone' || reason === 'timeout')
    counter('marquee.upstream.aborted').add(1, { service, reason: reason === 'timeout' ? 'deadline' : reason });
  if (reason !== 'client_gone') counter('marquee.upstream.failures').add(1, { service, reason });
}
