import { observedValue } from './instruments.js';
import type { Logger } from './log.js';
import { currentRequest } from './request-scope.js';
import { logThrottled } from './throttled-log.js';
import { currentTraceId } from './tracing.js';

/** The details reported with an error. They never contain a value from a client. */
export interface ErrorDetails {
  /** The route that failed, or the path of the field without list indexes. */
  location: string;
  requestId: string | undefined;
  traceId: string | undefined;
}

export type ErrorReporter = (error: unknown, details: ErrorDetails) => void;

const unexpected = observedValue('marquee.errors.unexpected');

/** Receives unexpected errors in addition to the log. */
let reporter: ErrorReporter | undefined;

/** Sets the reporter of unexpected errors, such as Sentry; undefined reports them nowhere. */
export function setErrorReporter(next: ErrorReporter | undefined): void {
  reporter = next;
}

export interface UnexpectedErrorOptions {
  location: string;
  message: string;
  /** Further fields of the log line. */
  record?: object;
}

/** Counts an unexpected error, logs it in full and reports it. Identical errors are logged and reported once a second. */
export function reportUnexpected(log: Logger, err: unknown, options: UnexpectedErrorOptions): void {
  const { location, message, record = {} } = options;
  unexpected.value += 1;
  const key = `${message} ${location} ${err instanceof Error ? err.name : ''}`;
  if (logThrottled(log, { level: 'error', key, record: { err, ...record }, message })) reportError(err, location);
}

/** Reports an error without logging it. */
export function reportError(error: unknown, location: string): void {
  reporter?.(error, { location, requestId: currentRequest()?.id, traceId: currentTraceId() });
}
