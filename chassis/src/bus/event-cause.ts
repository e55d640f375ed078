import type { ExecutionResult } from 'graphql';
import { sampledTraceparent } from '../telemetry/tracing.js';

/** The W3C trace context of the requests that caused events and notifications; undefined if it is known that none was sampled. */
const causes = new WeakMap<object, string | undefined>();

/** Notes the trace context of the request that caused an event, if there is one. */
export function withCause<Event extends object>(event: Event, traceparent: string | undefined): Event {
  if (traceparent !== undefined) causes.set(event, traceparent);
  return event;
}

/** Notes that no sampled request caused a notification, so that the current one does not count as its cause. */
export function withoutCause<Notification extends object>(notification: Notification): Notification {
  causes.set(notification, undefined);
  return notification;
}

/** Notes the current request as the cause of a notification, unless its cause is known. */
export function withCurrentCause<Notification extends object>(notification: Notification): Notification {
  return causes.has(notification) ? notification : withCause(notification, sampledTraceparent());
}

/** The W3C trace context of the request that caused an event or a notification; undefined if its trace is not sampled. */
export function causeOf(event: unknown): string | undefined {
  return typeof event === 'object' && event !== null ? causes.get(event) : undefined;
}

/** The cause of the last of several events that has one. */
export function lastCauseOf(events: readonly unknown[]): string | undefined {
  return causeOf(events.findLast((event) => causeOf(event) !== undefined));
}

/** The extension of a result in which a subgraph reports the cause of an event to the gateway. */
const causeExtension = 'cause';

/** Reports the cause of the event in its result. */
export function reportCause(result: ExecutionResult, event: unknown): ExecutionResult {
  const cause = causeOf(event);
  return cause === undefined ? result : { ...result, extensions: { ...result.extensions, [causeExtension]: cause } };
}

/** The W3C trace context of the request that caused an event, as its subgraph reports it. */
export function reportedCause({ extensions }: ExecutionResult): string | undefined {
  const cause = extensions?.[causeExtension];
  return typeof cause === 'string' ? cause : undefined;
}
