import type { Closable } from '@marquee/chassis/process/closers';
import { freePort } from '@marquee/testkit/ports';
import { memoryInUse, processorTime } from '../measuring/process-usage.js';
import { startSystem, type SystemUnderTest } from '../system/system-under-test.js';
import { type ChangedShow, openChangedShow } from './show-changes.js';

/** The whole graph with a show that changes, and figures of the gateway. */
export interface CrowdGraph extends Closable {
  system: SystemUnderTest;
  show: ChangedShow;
  /** CPU milliseconds of the gateway's process so far. */
  processorTime(): Promise<number>;
  /** Resident MB of the gateway after garbage collections. */
  memory(): Promise<number>;
  /** Open streams of the gateway to the services. */
  upstreamStreams(): Promise<number>;
  close(): Promise<void>;
}

/** Where the search for free ports begins: apart from other systems that start at the same time. */
const firstPort = 27_000;

/** Built, also when this file runs from its source. */
const gcOnSignal = new URL('../../dist/attacks/gc-on-signal.js', import.meta.url).href;

export async function openCrowdGraph(): Promise<CrowdGraph> {
  const metricsPort = String(await freePort());
  const gateway = {
    CONNECTIONS: '40000',
    // Guests are also measured before they subscribe.
    LIVE_GUEST_IDLE_SECONDS: '3600',
    METRICS_PORT: metricsPort,
    NODE_OPTIONS: `--import=${gcOnSignal}`,
  };
  const system = await startSystem({ gateway }, firstPort);
  const pid = () => system.pids.get('gateway') ?? 0;
  try {
    const show = await openChangedShow(system);
    return {
      system,
      show,
      processorTime: () => processorTime(pid()),
      memory: () => memoryInUse(pid()),
      upstreamStreams: () => countStreams(metricsPort),
      async close() {
        await show.close();
        await system.close();
      },
    };
  } catch (failure) {
    await system.close();
    throw failure;
  }
}

/** @throws Error when the gateway does not report them */
async function countStreams(metricsPort: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  const counts = [...text.matchAll(/^marquee_live_streams\{.*\} (\d+)/gm)];
  if (counts.length === 0) throw new Error('The gateway reports no streams.');
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}
