import { type HrTime, ValueType } from '@opentelemetry/api';
import { emptyResource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram,
  type HistogramMetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics';
import { bounds, recordedTimings, type Timing } from './timings.js';

/** Hands what `timing` counted to a reader of metrics, as the histograms that OpenTelemetry would have made of it. */
export function timingProducer(): MetricProducer {
  const started = now();
  return {
    collect() {
      const metrics = recordedTimings().map(({ name, timings }) => histogram(name, timings, started));
      const resource = emptyResource();
      return Promise.resolve({
        resourceMetrics: { resource, scopeMetrics: [{ scope: { name: 'marquee' }, metrics }] },
        errors: [],
      });
    },
  };
}

function histogram(name: string, timings: readonly Timing[], started: HrTime): HistogramMetricData {
  const ended = now();
  return {
    descriptor: { name, description: '', unit: 's', valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPointType: DataPointType.HISTOGRAM,
    dataPoints: timings.map((timing) => point(timing, [started, ended])),
  };
}

function now(): HrTime {
  const milliseconds = Date.now();
  return [Math.floor(milliseconds / 1000), (milliseconds % 1000) * 1e6];
}

function point(timing: Timing, [startTime, endTime]: [HrTime, HrTime]): DataPoint<Histogram> {
  const { attributes, counts, count, sum, min, max } = timing;
  const buckets = { boundaries: [...bounds], counts: [...counts] };
  return { attributes, startTime, endTime, value: { buckets, count, sum, min, max } };
}
