import type { Child } from '../measuring/children.js';
import { quantile } from '../measuring/spread.js';
import { forgetPeak, peakMemory, processorTime } from '../measuring/usage.js';
import type { ContenderName } from './contenders/start.js';

/** What one gateway showed with one question, over all rounds. */
export interface Figures {
  contender: ContenderName;
  /** Milliseconds of the gateway's processor for one request or event: the middle of all rounds. */
  processor: number;
  /** Requests answered, or events delivered to clients, by second. */
  perSecond: number;
  p50: number;
  p99: number;
  /** MB of resident memory at the most. */
  memory: number;
}

/** Gathers the rounds of one gateway. */
export interface Gathering {
  /** Runs a round; it returns how often the gateway did its work, how many deliveries that made and how long each took. */
  round(work: () => Promise<Round>): Promise<void>;
  figures(): Promise<Figures>;
}

export interface Round {
  works: number;
  deliveries: number;
  latencies: readonly number[];
  seconds: number;
}

export async function gather(contender: ContenderName, { pid }: Pick<Child, 'pid'>): Promise<Gathering> {
  let [deliveries, seconds] = [0, 0];
  const costs: number[] = [];
  const latencies: number[] = [];
  await forgetPeak(pid);
  return {
    async round(work) {
      const before = await processorTime(pid);
      const done = await work();
      costs.push(((await processorTime(pid)) - before) / done.works);
      deliveries += done.deliveries;
      seconds += done.seconds;
      for (const latency of done.latencies) latencies.push(latency);
    },
    figures: async () => ({
      contender,
      processor: quantile(costs, 0.5),
      perSecond: deliveries / seconds,
      p50: quantile(latencies, 0.5),
      p99: quantile(latencies, 0.99),
      memory: await peakMemory(pid),
    }),
  };
}
