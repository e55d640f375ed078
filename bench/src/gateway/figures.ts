import type { Child } from '../measuring/child-processes.js';
import { quantile } from '../measuring/quantile.js';
import { resetPeakMemory, peakMemory, processorTime } from '../measuring/process-usage.js';
import type { GatewayName } from './gateways/start-gateway.js';

/** The figures of one gateway for one operation, over all rounds. */
export interface Figures {
  gateway: GatewayName;
  /** CPU milliseconds of the gateway per request or event: the median of the rounds. */
  processor: number;
  /** Responses, or events delivered to clients, per second. */
  perSecond: number;
  p50: number;
  p99: number;
  /** Peak resident memory in MB. */
  memory: number;
}

/** One round of a gateway: its operations and the latency of each response or delivery. */
export interface Round {
  operations: number;
  /** Milliseconds each. */
  latencies: readonly number[];
  seconds: number;
}

/** Records the rounds of one gateway, each in a new process. */
export class FigureRecorder {
  readonly #costs: number[] = [];
  readonly #latencies: number[] = [];
  #seconds = 0;
  #memory = 0;

  constructor(private readonly contender: GatewayName) {}

  async measureRound({ pid }: Pick<Child, 'pid'>, run: () => Promise<Round>): Promise<void> {
    await resetPeakMemory(pid);
    const before = await processorTime(pid);
    const { operations, latencies, seconds } = await run();
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
