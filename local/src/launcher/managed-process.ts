import { UserError } from './user-error.js';

/** Something that runs as a process of its own. */
export interface ManagedProcess {
  name: string;
  /**
   * Starts it and returns once it is ready to be used.
   * @param signal fires when it is no longer wanted; the start then fails soon
   * @throws Refusal with the reason
   */
  start(signal: AbortSignal): Promise<RunningProcess>;
}

/** A part that runs. */
export interface RunningProcess {
  /** Settles when the process is gone, with how it ended. */
  ended: Promise<string>;
  /** Lets it finish what it does. */
  stop(): Promise<void>;
  /** Ends it at once. */
  kill(): void;
}

/** Why a part did not start, with the last lines of its log. */
export function startError(part: string, reason: string, logPath: string, lastLines: readonly string[]): UserError {
  const lines = lastLines.filter((line) => line !== '').map((line) => `\n  ${line}`);
  return new UserError(`${part} did not start: ${reason}. The end of ${logPath}:${lines.join('')}`);
}
