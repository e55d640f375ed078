import { UserError } from './user-error.js';

/** A process that the launcher can start. */
export interface ManagedProcess {
  name: string;
  /**
   * Starts the process and resolves once it is ready.
   * @param signal aborts the start
   * @throws UserError with the reason and the end of the log
   */
  start(signal: AbortSignal): Promise<RunningProcess>;
}

export interface RunningProcess {
  /** Its process id, if it is one process. */
  pid?: number | undefined;
  /** Resolves with the exit code or signal once the process has ended. */
  ended: Promise<string>;
  /** Shuts it down gracefully. */
  stop(): Promise<void>;
  /** Kills it immediately. */
  kill(): void;
  /** Whether it answers a request in time, with any result. Absent if it takes no requests. */
  responds?(): Promise<boolean>;
}

/** Milliseconds that a process has to answer the request of `responds`. */
export const responseTimeoutMs = 3_000;

/** The error for a failed start, with the last lines of the process's log. */
export function startError(name: string, reason: string, logPath: string, lastLines: readonly string[]): UserError {
  const lines = lastLines.filter((line) => line !== '').map((line) => `\n  ${line}`);
  return new UserError(`${name} did not start: ${reason}. The end of ${logPath}:${lines.join('')}`);
}
