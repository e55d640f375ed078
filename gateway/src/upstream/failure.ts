import { type Counter, metrics } from '@opentelemetry/api';

/** How a subgraph failed to answer. `unauthorized`: it did not believe the signed caller. */
export type FailureReason = 'timeout' | 'connection' | 'status' | 'unauthorized' | 'garbage';

/** A subgraph gave no answer that can be used. What it sent instead stays in here. */
export class UpstreamFailure extends Error {
  constructor(
    readonly service: string,
    readonly reason: FailureReason,
    detail: string,
    cause?: unknown,
  ) {
    super(`${service}: ${detail}`, { cause });
    this.name = 'UpstreamFailure';
  }
}

/** Tells why a request failed, from what the HTTP client threw. */
export function failureOf(service: string, thrown: unknown): UpstreamFailure {
  if (thrown instanceof UpstreamFailure) return thrown;
  const { name, code } = thrown as { name?: string; code?: string };
  if (name === 'TimeoutError') return new UpstreamFailure(service, 'timeout', 'no answer in time');
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
    return new UpstreamFailure(service, 'garbage', 'the answer is larger than what is read');
  return new UpstreamFailure(service, 'connection', 'the connection failed', thrown);
}

let failures: Counter | undefined;

/** Counts a failure by service and reason. */
export function countFailure({ service, reason }: UpstreamFailure): void {
  failures ??= metrics.getMeter('marquee').createCounter('marquee.upstream.failures');
  failures.add(1, { service, reason });
}
