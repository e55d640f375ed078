import { observedValue } from './instruments.js';
import type { Logger } from './log.js';
import { logThrottled } from './throttled-log.js';
import { currentRequest } from './request-scope.js';
import { currentTraceId } from './tracing.js';

/** What is told of an error beside itself. Never a value that somebody sent. */
export interface ErrorDetails {
  /** What failed: a route, or the path of a field without its indexes. */
  place: string;
  requestId: string | undefined;
  traceId: string | undefined;
}

export type ErrorReporter = (error: unknown, circumstances: ErrorDetails) => void;

const unexpected = observedValue('marquee.errors.unexpected');

/** Where unexpected errors are reported, beside the log. */
let reporter: ErrorReporter | undefined;

/** From now on unexpected errors are reported here; nowhere without one. */
export function setErrorReporter(told: ErrorReporter | undefined): void {
  reporter = told;
}

export interface UnexpectedErrorOptions {
  place: string;
  message: string;
  /** What the log tells besides. */
  record?: object;
}

/**
 * Tells of an error that nobody foresaw: it is counted, logged whole, and reported. Of errors that are alike one line
 * and one report a second are enough.
 */
export function reportUnexpected(
  log: Logger,
  err: unknown,
  { place, message, record = {} }: UnexpectedErrorOptions,
): void {
  unexpected.value += 1;
  const key = `${message} ${place} ${err instanceof Error ? err.name : ''}`;
  if (logThrottled(log, { level: 'error', key, record: { err, ...record }, message })) reportError(err, place);
}

/** Reports an error that is logged elsewhere, or not at all. */
export function reportError(error: unknown, place: string): void {
  reporter?.(error, { place, requestId: currentRequest()?.id, traceId: currentTraceId() });
}
