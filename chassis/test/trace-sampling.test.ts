import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Context, ROOT_CONTEXT, SpanKind, trace, TraceFlags, type Tracer } from '@opentelemetry/api';
import { AlwaysOffSampler, NodeTracerProvider, SamplingDecision } from '@opentelemetry/sdk-trace-node';
import { initWithoutDefaultIntegrations } from '@sentry/node';
import { SentryTransactions } from '../src/telemetry/sentry-transactions.js';
import { alsoRecording, createSampler } from '../src/telemetry/trace-sampler.js';
import { readPublicTrace } from '../src/telemetry/tracing.js';

const traceparent = `00-${'0'.repeat(31)}1-b7ad6b7169203331-01`;

describe('the traces for Sentry', () => {
  const decide = (share: number, context: Context = ROOT_CONTEXT) =>
    alsoRecording(new AlwaysOffSampler(), share).shouldSample(context, '1'.repeat(32), 'a', SpanKind.SERVER, {}, []);

  test('are chosen at random, whatever the id of the trace', () => {
    const decisions = Array.from({ length: 200 }, () => decide(0.5).decision);
    expect(new Set(decisions)).toEqual(new Set([SamplingDecision.NOT_RECORD, SamplingDecision.RECORD]));
    expect([decide(0).decision, decide(1).decision]).toEqual([SamplingDecision.NOT_RECORD, SamplingDecision.RECORD]);
  });

  test.each([0, 1])('are the same in the next process, which would choose otherwise (%s)', (share) => {
    const { traceState } = decide(share);
    const traceId = '1'.repeat(32);
    const sender = { traceId, spanId: '2'.repeat(16), traceFlags: TraceFlags.NONE, isRemote: true, traceState };
    const received = trace.setSpanContext(ROOT_CONTEXT, sender);
    expect(decide(1 - share, received)).toMatchObject({ decision: decide(share).decision });
  });

  test('are not chosen by a client', () => {
    const of = (tracestate: string) => readPublicTrace({ traceparent, tracestate })?.tracestate;
    expect(of('marquee=1')).toBe('');
    expect(of('other=1, marquee=1,marquee=1,more=2')).toBe('other=1,more=2');
  });
});

test.each([
  ['parentbased_traceidratio', TraceFlags.SAMPLED, SamplingDecision.RECORD_AND_SAMPLED],
  ['parentbased_traceidratio', TraceFlags.NONE, SamplingDecision.NOT_RECORD],
  ['traceidratio', TraceFlags.SAMPLED, SamplingDecision.NOT_RECORD],
] as const)('%s samples a trace that is linked to one with the flags %s: %s', (name, traceFlags, decision) => {
  const links = [{ context: { traceId: '3'.repeat(32), spanId: '4'.repeat(16), traceFlags } }];
  const args = [ROOT_CONTEXT, 'f'.repeat(32), 'a', SpanKind.INTERNAL, {}, links] as const;
  expect(createSampler(name, 0).shouldSample(...args).decision).toBe(decision);
});

test('a service that reports sampled causes for all events makes a limited number of traces sampled', () => {
  const links = [{ context: { traceId: '3'.repeat(32), spanId: '4'.repeat(16), traceFlags: TraceFlags.SAMPLED } }];
  const args = [ROOT_CONTEXT, 'f'.repeat(32), 'a', SpanKind.INTERNAL, {}, links] as const;
  const sampler = createSampler('parentbased_traceidratio', 0);
  const decisions = Array.from({ length: 5_000 }, () => sampler.shouldSample(...args).decision);
  const sampled = decisions.filter((decision) => decision === SamplingDecision.RECORD_AND_SAMPLED);
  expect(sampled.length).toBeGreaterThanOrEqual(100);
  // 100 at once, and 10 in each second that this takes.
  expect(sampled.length).toBeLessThan(2_500);
});

describe('the spans of transactions', () => {
  let sent: { spans?: unknown[] }[];
  let provider: NodeTracerProvider;
  let tracer: Tracer;

  beforeAll(() => {
    const client = initWithoutDefaultIntegrations({
      dsn: 'http://key@127.0.0.1:9/1',
      traceLifecycle: 'static',
      enableOpenTelemetrySetup: false,
      transport: () => ({ send: () => Promise.resolve({}), flush: () => Promise.resolve(true) }),
      beforeSendTransaction(event) {
        sent.push(event);
        return null;
      },
    });
    if (!client) throw new Error('Sentry is not open');
    const limits = { perTransaction: 10, kept: 100, open: 100 };
    const identity = { service: 'traced', version: '1' };
    const processor = new SentryTransactions(client, { identity, environment: 'test', profiledShare: 0, limits });
    const sampler = alsoRecording(new AlwaysOffSampler(), 1);
    provider = new NodeTracerProvider({ sampler, spanProcessors: [processor] });
    tracer = provider.getTracer('test');
  });
  beforeEach(() => void (sent = []));
  afterAll(() => provider.shutdown());

  /** Starts a transaction with spans that have ended. */
  function begin(spans: number) {
    const root = tracer.startSpan('root', { root: true });
    const within = trace.setSpan(ROOT_CONTEXT, root);
    for (let index = 0; index < spans; index += 1) tracer.startSpan('part', {}, within).end();
    return { end: () => root.end(), within };
  }

  /** The number of spans in each sent transaction, once there are as many. */
  async function sentSpans(transactions: number): Promise<(number | undefined)[]> {
    while (sent.length < transactions) await nextTurn();
    return sent.map(({ spans }) => spans?.length);
  }

  test('are bounded for one transaction and for all that are open', async () => {
    const open = Array.from({ length: 20 }, () => begin(12));
    open.forEach(({ end }) => end());
    const counts = await sentSpans(20);
    expect([counts[0], counts.at(-1), counts.reduce<number>((sum, count) => sum + (count ?? 0), 0)]).toEqual([
      10, 0, 100,
    ]);
    begin(5).end();
    expect((await sentSpans(21)).at(-1)).toBe(5);
  });

  test('are dropped with the oldest transaction, and when they end after it', async () => {
    const first = begin(10);
    const late = tracer.startSpan('late', {}, first.within);
    const others = Array.from({ length: 100 }, () => begin(0));
    first.end();
    late.end();
    others.forEach(({ end }) => end());
    expect(await sentSpans(100)).toHaveLength(100);
    // Nothing is counted any more.
    const full = Array.from({ length: 10 }, () => begin(10));
    full.forEach(({ end }) => end());
    expect((await sentSpans(110)).slice(-10)).toEqual(Array.from({ length: 10 }, () => 10));
  });
});
