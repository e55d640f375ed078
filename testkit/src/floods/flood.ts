import { setMaxListeners } from 'node:events';

/** Where a flood goes. */
export interface FloodTarget {
  /** Of the endpoint: `http://127.0.0.1:4000/graphql`. */
  url: string;
  /** Addresses of this machine that it comes from, in turn. Linux has all of 127.0.0.0/8. */
  from: readonly string[];
  /** Ends it. */
  signal: AbortSignal;
  /** Hears of each outcome when it is known. */
  note?(outcome: string): void;
}

/** The end of a flood: after so many milliseconds, or when it is told before. */
export interface FloodEnd {
  signal: AbortSignal;
  now(): void;
}

export function endAfter(milliseconds: number): FloodEnd {
  const controller = new AbortController();
  // Each connection of a flood listens.
  setMaxListeners(0, controller.signal);
  const timer = setTimeout(() => controller.abort(), milliseconds);
  controller.signal.addEventListener('abort', () => clearTimeout(timer));
  return { signal: controller.signal, now: () => controller.abort() };
}

/**
 * What came of the connections, sockets or requests of a flood: an HTTP status or the code of a close, `cut` where the
 * connection ended without a word, `held` where it was open to the end; by how many.
 */
export type Outcomes = Readonly<Record<string, number>>;

/** Sends a flood of a size until it is to end. */
export type Flood = (target: FloodTarget, size: number) => Promise<Outcomes>;

/** Counts outcomes. */
export function countOutcomes(outcomes: readonly string[]): Outcomes {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

let turn = 0;

/** The address that the next connection comes from. */
export function nextAddress({ from }: FloodTarget): string | undefined {
  return from[turn++ % from.length];
}

/** So many that do the same again and again until the end, one after the other. @returns what each time came of it */
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
