import { randomUUID } from 'node:crypto';
import { usageKey, type UsageReport } from '@marquee/chassis/graphql/usage-report';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import type { GatewaySettings } from '../config.js';
import { type CountUsage, UsageCounter } from './usage-counter.js';
import { type UsageStore, usageStore } from './usage-store.js';

/** Reports the use of the schema to the registry. */
export interface Usage extends Closable {
  /** The counter of a graph: `main`, or the name of a contract. Undefined without a registry. */
  counterOf(graph: string): CountUsage | undefined;
}

export interface UsageOptions {
  settings: Pick<GatewaySettings, 'USAGE_REGISTRY' | 'USAGE_SECONDS' | 'AWS_REGION' | 'S3_ENDPOINT'>;
  log: Logger;
}

/** Reports that are kept while the registry cannot be written to; the oldest are dropped. */
const maxPending = 24;

/** Milliseconds that a stopping process takes to write its last report. */
const closeTimeoutMs = 5_000;

/** Counts nothing without a registry. */
export function openUsage({ settings, log }: UsageOptions): Usage {
  const { USAGE_REGISTRY: address, USAGE_SECONDS: seconds } = settings;
  if (address === undefined) return { counterOf: () => undefined, close: () => undefined };
  const counter = new UsageCounter();
  const reporter = new UsageReporter(counter, usageStore(address, settings), log);
  const timer = setInterval(() => void reporter.report(), seconds * 1000);
  timer.unref();
  return {
    counterOf: (graph) => counter.countsOf(graph),
    async close() {
      clearInterval(timer);
      const timeout = new Promise((resolve) => setTimeout(resolve, closeTimeoutMs).unref());
      await Promise.race([reporter.report(), timeout]);
    },
  };
}

/** Writes the sums of a counter, one report after the other. A failed one is written with the next. */
class UsageReporter {
  readonly #pending: [key: string, text: string][] = [];
  #from = new Date();
  #writing = Promise.resolve();

  constructor(
    private readonly counter: UsageCounter,
    private readonly store: UsageStore,
    private readonly log: Logger,
  ) {}

  report(): Promise<void> {
    const clients = this.counter.take();
    const [from, to] = [this.#from, new Date()];
    this.#from = to;
    const period = { from: from.toISOString(), to: to.toISOString() };
    const report: UsageReport = { format: 'marquee-usage', version: 1, ...period, clients };
    if (clients.length > 0) this.#pending.push([usageKey(from, randomUUID()), JSON.stringify(report)]);
    this.#pending.splice(0, this.#pending.length - maxPending);
    return (this.#writing = this.#writing.then(() => this.#write()));
  }

  async #write(): Promise<void> {
    try {
      for (let next = this.#pending[0]; next; next = this.#pending[0]) {
        await this.store.write(...next);
        if (this.#pending[0] === next) this.#pending.shift();
      }
    } catch (err) {
      this.log.warn({ err, reports: this.#pending.length }, 'the use of the schema could not be reported');
    }
  }
}
