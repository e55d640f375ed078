import type { ExecutionResult } from 'graphql';

/** The W3C trace context of the requests that caused events; only of traces that are sampled. */
const causes = new WeakMap<object, string>();

/** Notes the trace context of the request that caused an event, if there is one. */
export function withCause<Event extends object>(event: Event, traceparent: string | undefined): Event {
  if (traceparent !== undefined) causes.set(event, traceparent);
  return event;
}

/** The extension of a result in which a subgraph reports the cause of an event to the gateway. */
const causeExtension = 'cause';

/** Reports the cause of the event in its result. */
export function reportCause(result: ExecutionResult, event: unknown): ExecutionResult {
  const cause = typeof event === 'object' && event !== null ? causes.get(event) : undefined;
  return cause === undefined ? result : { ...result, extensions: { ...result.extensions, [causeExtension]: cause } };
}

/** The W3C trace context of the request that caused an event, as its subgraph reports it. */
export function reportedCause({ extensions }: ExecutionResult): string | undefined {
  const cause = extensions?.[causeExtension];
  return typeof cause === 'string' ? cause : undefined;
}
