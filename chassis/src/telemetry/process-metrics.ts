import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { type BatchObservableResult, metrics } from '@opentelemetry/api';
import type { Closable } from '../process/closers.js';

/** Milliseconds between two samples of the event loop delay. */
const resolutionMs = 20;

/** Reports the event loop since the last collection, memory and CPU time whenever metrics are collected. */
export function observeProcess(): Closable {
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  delays.enable();
  let before = performance.eventLoopUtilization();
  const instruments = createInstruments();
  const observe = (result: BatchObservableResult): void => {
    const now = performance.eventLoopUtilization();
    // Without a sample the delay is unknown, not zero.
    if (delays.count > 0) {
      result.observe(instruments.p99, seconds(delays.percentile(99)));
      result.observe(instruments.longest, seconds(delays.max));
    }
    result.observe(instruments.utilization, performance.eventLoopUtilization(now, before).utilization);
    before = now;
    delays.reset();
    observeMemory(result, instruments);
    observeProcessor(result, instruments);
  };
  metrics.getMeter('marquee').addBatchObservableCallback(observe, Object.values(instruments));
  return { close: () => void delays.disable() };
}

type Instruments = ReturnType<typeof createInstruments>;

function createInstruments() {
  const meter = metrics.getMeter('marquee');
  return {
    p99: meter.createObservableGauge('nodejs.eventloop.delay.p99', { unit: 's' }),
    longest: meter.createObservableGauge('nodejs.eventloop.delay.max', { unit: 's' }),
    utilization: meter.createObservableGauge('nodejs.eventloop.utilization', { unit: '1' }),
    resident: meter.createObservableGauge('process.memory.usage', { unit: 'By' }),
    heap: meter.createObservableGauge('marquee.process.heap.used', { unit: 'By' }),
    heapLimit: meter.createObservableGauge('marquee.process.heap.limit', { unit: 'By' }),
    processor: meter.createObservableCounter('process.cpu.time', { unit: 's' }),
  };
}

function observeMemory(result: BatchObservableResult, { resident, heap, heapLimit }: Instruments): void {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  result.observe(resident, process.memoryUsage.rss());
  result.observe(heap, used);
  result.observe(heapLimit, limit);
}

function observeProcessor(result: BatchObservableResult, { processor }: Instruments): void {
  const { user, system } = process.cpuUsage();
  result.observe(processor, user / 1e6, { 'cpu.mode': 'user' });
  result.observe(processor, system / 1e6, { 'cpu.mode': 'system' });
}

/** Converts nanoseconds. An empty histogram returns NaN. */
function seconds(nanoseconds: number): number {
  return Number.isFinite(nanoseconds) ? nanoseconds / 1e9 : 0;
}
