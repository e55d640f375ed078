import { type HrTime, ValueType } from '@opentelemetry/api';
import { emptyResource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram as HistogramValue,
  type HistogramMetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics';
import { bucketBounds, type Histogram, recordedHistograms } from './histograms.js';

/** Exports the histograms of this process to a metric reader in OpenTelemetry's own data model. */
export function createHistogramProducer(): MetricProducer {
  const started = now();
  return {
    collect() {
      const metrics = recordedHistograms().map(({ name, histograms }) => toMetricData(name, histograms, started));
      const resource = emptyResource();
      return Promise.resolve({
        resourceMetrics: { resource, scopeMetrics: [{ scope: { name: 'marquee' }, metrics }] },
        errors: [],
      });
    },
  };
}

function toMetricData(name: string, histograms: readonly Histogram[], started: HrTime): HistogramMetricData {
  const ended = now();
  return {
    descriptor: { name, description: '', unit: 's', valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPointType: DataPointType.HISTOGRAM,
    dataPoints: histograms.map((histogram) => toDataPoint(histogram, [started, ended])),
  };
}

function now(): HrTime {
  const milliseconds = Date.now();
  return [Math.floor(milliseconds / 1000), (milliseconds % 1000) * 1e6];
}

function toDataPoint(histogram: Histogram, [startTime, endTime]: [HrTime, HrTime]): DataPoint<HistogramValue> {
  const { attributes, counts, count, sum, min, max } = histogram;
  const buckets = { boundaries: [...bucketBounds], counts: [...counts] };
  return { attributes, startTime, endTime, value: { buckets, count, sum, min, max } };
}
