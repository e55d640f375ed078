import type { Child } from '../measuring/child-processes.js';
import { quantile } from '../measuring/quantile.js';
import { resetPeakMemory, peakMemory, processorTime } from '../measuring/process-usage.js';
import type { GatewayName } from './gateways/start-gateway.js';

/** What one gateway showed with one question, over all rounds. */
export interface Figures {
  gateway: GatewayName;
  /** Milliseconds of the gateway's processor for one request or event: the middle of all rounds. */
  processor: number;
  /** Requests answered, or events delivered to clients, by second. */
  perSecond: number;
  p50: number;
  p99: number;
  /** MB of resident memory at the most. */
  memory: number;
}

/** What a gateway did in one round: how often it did its work, and how long each of the deliveries took that it made. */
export interface Round {
  operations: number;
  /** Milliseconds of each. */
  latencies: readonly number[];
  seconds: number;
}

/** Gathers the rounds of one gateway, each with a process of its own. */
export class FigureRecorder {
  readonly #costs: number[] = [];
  readonly #latencies: number[] = [];
  #seconds = 0;
  #memory = 0;

  constructor(private readonly contender: GatewayName) {}

  async measureRound({ pid }: Pick<Child, 'pid'>, work: () => Promise<Round>): Promise<void> {
    await resetPeakMemory(pid);
    const before = await processorTime(pid);
    const { operations, latencies, seconds } = await work();
    this.#costs.push(((await processorTime(pid)) - before) / operations);
    for (const latency of latencies) this.#latencies.push(latency);
    this.#seconds += seconds;
    this.#memory = Math.max(this.#memory, await peakMemory(pid));
  }

  figures(): Figures {
    return {
      gateway: this.contender,
      processor: quantile(this.#costs, 0.5),
      perSecond: this.#latencies.length / this.#seconds,
      p50: quantile(this.#latencies, 0.5),
      p99: quantile(this.#latencies, 0.99),
      memory: this.#memory,
    };
  }
}
