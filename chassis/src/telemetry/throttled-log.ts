import { getOrCreate } from '../caching/memoize.js';
import type { Logger } from './log.js';

/** Milliseconds during which identical lines are written once. */
const windowMs = 1_000;

/** Maximum number of keys that are distinguished at a time; lines with further keys are treated as identical. */
const maxKeys = 1_000;

export interface ThrottledLine {
  level: 'warn' | 'error';
  /** Lines with the same key are identical. */
  key: string;
  record: object;
  message: string;
}

/** A line that was written, and the number of identical ones since. */
interface OpenWindow {
  line: ThrottledLine;
  more: number;
}

const logs = new WeakMap<Logger, Map<string, OpenWindow>>();

/**
 * Writes a line at once. Identical lines within the following second are replaced by one line with their number in `more`:
 * during an outage every request fails in the same way, and a line for each would hide everything else.
 *
 * @returns whether the line was written
 */
export function logThrottled(log: Logger, line: ThrottledLine): boolean {
  const windows = getOrCreate(logs, log, () => new Map<string, OpenWindow>());
  const key = windows.size < maxKeys || windows.has(line.key) ? line.key : '';
  const open = windows.get(key);
  if (open) {
    open.more += 1;
    return false;
  }
  windows.set(key, { line, more: 0 });
  log[line.level](line.record, line.message);
  setTimeout(() => closeWindow(log, windows, key), windowMs).unref();
  return true;
}

/** Writes the pending numbers now, since the process ends. */
export function flushThrottled(log: Logger): void {
  const windows = logs.get(log);
  for (const key of windows?.keys() ?? []) if (windows) closeWindow(log, windows, key);
}

function closeWindow(log: Logger, windows: Map<string, OpenWindow>, key: string): void {
  const closed = windows.get(key);
  windows.delete(key);
  if (closed && closed.more > 0)
    log[closed.line.level]({ ...closed.line.record, more: closed.more }, closed.line.message);
}
