import { randomBytes } from 'node:crypto';
import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import type { SamplerName } from './sampler-names.js';

/**
 * The sampler that decides which traces are exported.
 * @param ratio the share of traces, 0 to 1, of the samplers that use one
 */
export function createSampler(name: SamplerName, ratio: number): Sampler {
  if (name.startsWith('parentbased_')) return new ParentBasedSampler({ root: rootSampler(name, ratio) });
  return rootSampler(name, ratio);
}

function rootSampler(name: SamplerName, ratio: number): Sampler {
  if (name.endsWith('always_on')) return new AlwaysOnSampler();
  return name.endsWith('always_off') ? new AlwaysOffSampler() : new TraceIdRatioBasedSampler(ratio);
}

/** Whether a sampler exports a new trace. Asked without a span, which would count as open until it ends. */
export function samplesNewTrace(sampler: Sampler): boolean {
  const traceId = randomBytes(16).toString('hex');
  const { decision } = sampler.shouldSample(ROOT_CONTEXT, traceId, 'new trace', SpanKind.SERVER, {}, []);
  return decision === SamplingDecision.RECORD_AND_SAMPLED;
}

/** Whether a trace is in a share of all traces. Every process decides the same. */
export type TraceFilter = (traceId: string) => boolean;

/** @param ratio 0 to 1 */
export function createTraceFilter(ratio: number): TraceFilter {
  const limit = Math.floor(ratio * 0x1_0000_0000);
  // Other digits than those by which the sampler decides, so that the shares are independent of each other.
  return (traceId) => Number.parseInt(traceId.slice(-8), 16) < limit;
}

/** Records the traces of a filter too, without sampling them for export. */
export function alsoRecording(sampler: Sampler, includes: TraceFilter): Sampler {
  return {
    shouldSample(context, traceId, ...rest) {
      const result = sampler.shouldSample(context, traceId, ...rest);
      if (result.decision !== SamplingDecision.NOT_RECORD || !includes(traceId)) return result;
      return { ...result, decision: SamplingDecision.RECORD };
    },
    toString: () => `AlsoRecording(${sampler.toString()})`,
  };
}
