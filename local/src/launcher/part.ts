import { Refusal } from './refusal.js';

/** Something that runs as a process of its own. */
export interface Part {
  name: string;
  /**
   * Starts it and returns once it is ready to be used.
   * @param signal fires when it is no longer wanted; the start then fails soon
   * @throws Refusal with the reason
   */
  start(signal: AbortSignal): Promise<Live>;
}

/** A part that runs. */
export interface Live {
  /** Settles when the process is gone, with how it ended. */
  ended: Promise<string>;
  /** Lets it finish what it does. */
  stop(): Promise<void>;
  /** Ends it at once. */
  kill(): void;
}

/** Why a part did not start, with the last lines of its log. */
export function startFailure(part: string, reason: string, logPath: string, lastLines: readonly string[]): Refusal {
  const lines = lastLines.filter((line) => line !== '').map((line) => `\n  ${line}`);
  return new Refusal(`${part} did not start: ${reason}. The end of ${logPath}:${lines.join('')}`);
}
