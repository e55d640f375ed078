import { setTimeout as wait } from 'node:timers/promises';
import { runAtRate } from '@marquee/testkit/rate';
import type { ServiceProbe } from './service-probes.js';

/** One request of the load. */
export interface ProbeResult {
  service: string;
  kind: 'read' | 'write';
  /** When it was sent, from `performance.now`. */
  at: number;
  /** Milliseconds until its response. */
  ms: number;
  /** Error codes of the response. */
  codes: readonly string[];
  /** The text of a write. */
  text?: string;
}

/** A constant load on all services, each with the same rates. */
export interface ProbeLoad {
  results: readonly ProbeResult[];
  /** Resolves with the results of all requests, once all of them have a response. */
  stop(): Promise<readonly ProbeResult[]>;
}

/** Requests per second to each service. */
const rates = { read: 8, write: 2 };

/** @param label the beginning of every text that is written, unique in the store */
export function startProbeLoad(probes: readonly ServiceProbe[], label: string): ProbeLoad {
  const results: ProbeResult[] = [];
  let isStopped = false;
  const isOver = () => isStopped;
  const runs = probes.flatMap((probe) => [
    runAtRate(rates.read, isOver, async () => void results.push(await sendRead(probe))),
    runAtRate(rates.write, isOver, async (_, turn) => void results.push(await sendWrite(probe, `${label} ${turn}`))),
  ]);
  return {
    results,
    async stop() {
      isStopped = true;
      await Promise.all(runs);
      return results;
    },
  };
}

async function sendRead({ service, read }: ServiceProbe): Promise<ProbeResult> {
  return { service, kind: 'read', ...(await timed(read)) };
}

async function sendWrite({ service, write }: ServiceProbe, text: string): Promise<ProbeResult> {
  return { service, kind: 'write', text, ...(await timed(() => write(text))) };
}

async function timed(send: () => Promise<string[]>): Promise<Pick<ProbeResult, 'at' | 'ms' | 'codes'>> {
  const at = performance.now();
  const codes = await send();
  return { at, ms: performance.now() - at, codes };
}

/** How long all services must answer without an error until they are healthy, and how long that may take. */
const [healthyMs, patienceMs] = [1_500, 15_000];

/** Waits until no request since then has failed for some time, or the time is up. */
export async function waitUntilHealthy({ results }: ProbeLoad): Promise<void> {
  const started = performance.now();
  for (;;) {
    await wait(100);
    const now = performance.now();
    const failures = results.filter(({ at, codes }) => at >= started && codes.length > 0).map(({ at }) => at);
    if (now - Math.max(started, ...failures) > healthyMs || now - started > patienceMs) return;
  }
}
