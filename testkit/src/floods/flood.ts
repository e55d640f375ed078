import { setMaxListeners } from 'node:events';

/** The target of a flood. */
export interface FloodTarget {
  /** The endpoint, such as `http://127.0.0.1:4000/graphql`. */
  url: string;
  /** Source addresses, used round-robin. On Linux, all of 127.0.0.0/8 are local. */
  from: readonly string[];
  /** Ends the flood. */
  signal: AbortSignal;
  /** Called with each outcome. */
  note?(outcome: string): void;
}

/** The end of a flood: after a time, or when `now` is called. */
export interface FloodEnd {
  signal: AbortSignal;
  now(): void;
}

/** Ends a flood after a time in milliseconds. */
export function endAfter(milliseconds: number): FloodEnd {
  const controller = new AbortController();
  // Every connection of a flood adds a listener.
  setMaxListeners(0, controller.signal);
  const timer = setTimeout(() => controller.abort(), milliseconds);
  controller.signal.addEventListener('abort', () => clearTimeout(timer));
  return { signal: controller.signal, now: () => controller.abort() };
}

/**
 * How many connections, sockets or requests of a flood had each outcome: an HTTP status, a close code, `cut` for a connection
 * that was closed without a response, or `held` for one that was open until the end.
 */
export type Outcomes = Readonly<Record<string, number>>;

/** Runs a flood until its signal aborts. @param size number of connections, or of concurrent senders */
export type Flood = (target: FloodTarget, size: number) => Promise<Outcomes>;

/** Counts outcomes. */
export function countOutcomes(outcomes: readonly string[]): Outcomes {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

let connections = 0;

/** The source address of the next connection. */
export function nextAddress({ from }: FloodTarget): string | undefined {
  return from[connections++ % from.length];
}

/** Repeats an action until the end, with a number of concurrent workers. @returns its outcomes */
export async function repeatUntilEnd(
  { signal }: FloodTarget,
  workers: number,
  once: () => Promise<string>,
): Promise<Outcomes> {
  const outcomes: string[] = [];
  const work = async (): Promise<void> => {
    while (!signal.aborted) outcomes.push(await once());
  };
  await Promise.all(Array.from({ length: workers }, work));
  return countOutcomes(outcomes);
}
