import { randomBytes } from 'node:crypto';
import { createTraceState, ROOT_CONTEXT, SpanKind, trace, TraceFlags } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type ReadableSpan,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import { type RateLimit, TokenBucket } from '../http/token-bucket.js';
import { recordedMember, type SamplerName } from './sampler-names.js';

/**
 * The sampler that decides which traces are exported.
 * @param ratio the share of traces, 0 to 1, of the samplers that use one
 */
export function createSampler(name: SamplerName, ratio: number): Sampler {
  if (!name.startsWith('parentbased_')) return rootSampler(name, ratio);
  return new ParentBasedSampler({ root: alsoSamplingLinked(rootSampler(name, ratio)) });
}

/** Traces that are sampled because of their links: a service may report that the causes of all its events are sampled. */
const linkedRate: RateLimit = { perSecond: 10, burst: 100 };

/** Samples a trace that is linked to a sampled one too: a link to or from a trace that is not exported leads nowhere. */
function alsoSamplingLinked(sampler: Sampler): Sampler {
  const bucket = new TokenBucket(linkedRate);
  return {
    shouldSample(context, traceId, name, kind, attributes, links) {
      const isLinked = links.some((link) => (link.context.traceFlags & TraceFlags.SAMPLED) !== 0);
      if (isLinked && bucket.take(linkedRate) === 0) return { decision: SamplingDecision.RECORD_AND_SAMPLED };
      return sampler.shouldSample(context, traceId, name, kind, attributes, links);
    },
    toString: () => `AlsoSamplingLinked(${sampler.toString()})`,
  };
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

/**
 * Records a share of the traces too, without sampling them for export. The first process decides at random, since a client
 * chooses the id of its trace, and the others follow.
 * @param share 0 to 1
 */
export function alsoRecording(sampler: Sampler, share: number): Sampler {
  return {
    shouldSample(context, traceId, ...rest) {
      const result = sampler.shouldSample(context, traceId, ...rest);
      const inherited = result.traceState ?? trace.getSpanContext(context)?.traceState;
      const decided = inherited?.get(recordedMember) ?? (Math.random() < share ? '1' : '0');
      const traceState = (inherited ?? createTraceState()).set(recordedMember, decided);
      const isRecorded = decided === '1' && result.decision === SamplingDecision.NOT_RECORD;
      return { ...result, traceState, ...(isRecorded && { decision: SamplingDecision.RECORD }) };
    },
    toString: () => `AlsoRecording(${sampler.toString()})`,
  };
}

/** Whether the trace of a span is one of those that `alsoRecording` has chosen. */
export function isChosen(span: ReadableSpan): boolean {
  return span.spanContext().traceState?.get(recordedMember) === '1';
}
