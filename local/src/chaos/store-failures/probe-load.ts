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
  /** When the requests without a response were sent. */
  inFlight: ReadonlySet<number>;
  /** Resolves with the results of all requests, once all of them have a response. */
  stop(): Promise<readonly ProbeResult[]>;
}

/** Reads for each write. */
const readsPerWrite = 4;

export interface ProbeLoadOptions {
  /** The beginning of every text that is written, unique in the store. */
  label: string;
  /** Reads per second to each service. */
  reads: number;
}

export function startProbeLoad(probes: readonly ServiceProbe[], { label, reads }: ProbeLoadOptions): ProbeLoad {
  const results: ProbeResult[] = [];
  const inFlight = new Set<number>();
  let isStopped = false;
  const isOver = () => isStopped;
  const record = async (send: () => Promise<ProbeResult>) => {
    const at = performance.now();
    inFlight.add(at);
    results.push(await send());
    inFlight.delete(at);
  };
  const runs = probes.flatMap((probe) => [
    runAtRate(reads, isOver, () => record(() => sendRead(probe))),
    runAtRate(reads / readsPerWrite, isOver, (_, turn) => record(() => sendWrite(probe, `${label} ${turn}`))),
  ]);
  return {
    results,
    inFlight,
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

/**
 * Waits until no request has failed for some time, and none is in flight for as long, or the time is up. The load goes on
 * meanwhile: a gateway that receives nothing but late failures of an operation rejects it for a while.
 */
export async function waitUntilHealthy({ results, inFlight }: ProbeLoad): Promise<void> {
  const started = performance.now();
  for (;;) {
    await wait(100);
    const now = performance.now();
    const failures = results.filter(({ codes }) => codes.length > 0).map(({ at, ms }) => at + ms);
    const isHealthy = Math.max(started, ...failures) < now - healthyMs && Math.min(...inFlight) > now - healthyMs;
    if (isHealthy || now - started > patienceMs) return;
  }
}
