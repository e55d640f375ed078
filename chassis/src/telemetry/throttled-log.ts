import type { Logger } from './log.js';

/** Milliseconds for which lines that are alike are one. */
const window = 1_000;

/** Most kinds of lines that are told apart within that time; all others are one kind. */
const most = 1_000;

export interface ThrottledLine {
  level: 'warn' | 'error';
  /** The same for lines that are alike. */
  key: string;
  record: object;
  message: string;
}

const logs = new WeakMap<Logger, Map<string, { line: ThrottledLine; more: number }>>();

/**
 * Writes a line at once, and of those like it that follow within a second only how many there were: an outage fails
 * every request in the same way, and a line for each would hide what else happens.
 *
 * @returns whether it was written
 */
export function logThrottled(log: Logger, line: ThrottledLine): boolean {
  const open = logs.get(log) ?? new Map<string, { line: ThrottledLine; more: number }>();
  logs.set(log, open);
  const key = open.size < most || open.has(line.key) ? line.key : '';
  const known = open.get(key);
  if (known) {
    known.more += 1;
    return false;
  }
  open.set(key, { line, more: 0 });
  log[line.level](line.record, line.message);
  setTimeout(() => tell(log, open, key), window).unref();
  return true;
}

/** Tells now of all that have not been told yet: the process ends. */
export function flushThrottled(log: Logger): void {
  const open = logs.get(log);
  for (const key of open?.keys() ?? []) if (open) tell(log, open, key);
}

function tell(log: Logger, open: Map<string, { line: ThrottledLine; more: number }>, key: string): void {
  const known = open.get(key);
  open.delete(key);
  if (known && known.more > 0) log[known.line.level]({ ...known.line.record, more: known.more }, known.line.message);
}
