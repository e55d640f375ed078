import { reading } from './instruments.js';
import type { Logger } from './log.js';
import { logOnceASecond } from './repeats.js';
import { currentRequest } from './request.js';
import { currentTraceId } from './tracing.js';

/** What is told of an error beside itself. Never a value that somebody sent. */
export interface Circumstances {
  /** What failed: a route, or the path of a field without its indexes. */
  place: string;
  requestId: string | undefined;
  traceId: string | undefined;
}

export type Reporter = (error: unknown, circumstances: Circumstances) => void;

const unexpected = reading('marquee.errors.unexpected');

/** Where unexpected errors are reported, beside the log. */
let reporter: Reporter | undefined;

/** From now on unexpected errors are reported here; nowhere without one. */
export function reportTo(told: Reporter | undefined): void {
  reporter = told;
}

export interface Unexpected {
  place: string;
  message: string;
  /** What the log tells besides. */
  record?: object;
}

/**
 * Tells of an error that nobody foresaw: it is counted, logged whole, and reported. Of errors that are alike one line
 * and one report a second are enough.
 */
export function tellUnexpected(log: Logger, err: unknown, { place, message, record = {} }: Unexpected): void {
  unexpected.value += 1;
  const key = `${message} ${place} ${err instanceof Error ? err.name : ''}`;
  if (logOnceASecond(log, { level: 'error', key, record: { err, ...record }, message })) report(err, place);
}

/** Reports an error that is logged elsewhere, or not at all. */
export function report(error: unknown, place: string): void {
  reporter?.(error, { place, requestId: currentRequest()?.id, traceId: currentTraceId() });
}
