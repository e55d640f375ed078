import { randomUUID } from 'node:crypto';
import { type HrTime, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-node';
import type { Event, NodeClient } from '@sentry/node';
import type { ProcessIdentity } from './otlp-export.js';
import { CpuProfiler, type CpuProfile } from './cpu-profiler.js';
import { toSentryProfile } from './sentry-profile.js';
import { isChosen } from './trace-sampler.js';

export interface TransactionOptions {
  identity: ProcessIdentity;
  environment: string;
  /** The share of transactions with a CPU profile, 0 to 1. */
  profiledShare: number;
  /** Default: 1,000 spans of a transaction, and 10,000 each of all that are kept and of all that are open. */
  limits?: SpanLimits;
}

/** Bounds of the memory, in spans of about 1 kB each. */
export interface SpanLimits {
  /** The spans of one transaction that have ended. */
  perTransaction: number;
  /** Those of all transactions. */
  kept: number;
  /** Spans that have not ended, of which the oldest are dropped. */
  open: number;
}

/** The work of this process for one request: its outermost span, and those below it that have ended. */
interface Transaction {
  spans: ReadableSpan[];
  endProfile: (() => Promise<CpuProfile>) | undefined;
  /** Whether its outermost span has ended or was dropped: no further spans are kept. */
  isClosed: boolean;
}

const defaultLimits: SpanLimits = { perTransaction: 1_000, kept: 10_000, open: 10_000 };

/** Sends the spans of the chosen traces to Sentry, one transaction for each request that reached this process. */
export class SentryTransactions implements SpanProcessor {
  /** By the ids of all of their spans that have started. */
  readonly #open = new Map<string, Transaction>();
  /** The number of spans in all transactions. */
  #kept = 0;
  readonly #limits: SpanLimits;
  readonly #profiler: CpuProfiler | undefined;
  /** The profiles of transactions that are being sent, by event. */
  readonly #profiles = new Map<string, object>();

  constructor(
    private readonly client: NodeClient,
    private readonly options: TransactionOptions,
  ) {
    this.#limits = options.limits ?? defaultLimits;
    this.#profiler = options.profiledShare > 0 ? new CpuProfiler() : undefined;
    client.on('beforeEnvelope', (envelope) => this.#attachProfile(envelope as unknown as TransactionEnvelope));
  }

  onStart(span: ReadableSpan): void {
    if (!isChosen(span)) return;
    const { spanId } = span.spanContext();
    const { parentSpanContext: parent } = span;
    const isOutermost = parent === undefined || parent.isRemote === true;
    const transaction = isOutermost ? this.#begin() : this.#open.get(parent.spanId);
    if (transaction) this.#keep(spanId, transaction);
  }

  onEnd(span: ReadableSpan): void {
    const { spanId } = span.spanContext();
    const transaction = this.#open.get(spanId);
    this.#open.delete(spanId);
    if (!transaction) return;
    const { parentSpanContext: parent } = span;
    if (parent === undefined || parent.isRemote === true) void this.#send(span, transaction, this.#take(transaction));
    else if (!transaction.isClosed && this.#hasRoom(transaction)) {
      transaction.spans.push(span);
      this.#kept += 1;
    }
  }

  #hasRoom({ spans }: Transaction): boolean {
    return spans.length < this.#limits.perTransaction && this.#kept < this.#limits.kept;
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    this.#profiler?.close();
    return Promise.resolve();
  }

  #keep(spanId: string, transaction: Transaction): void {
    this.#open.set(spanId, transaction);
    const [oldest] = this.#open;
    if (this.#open.size <= this.#limits.open || oldest === undefined) return;
    const [id, dropped] = oldest;
    this.#open.delete(id);
    // The outermost span of a transaction is its oldest one.
    if (dropped.isClosed) return;
    this.#take(dropped);
    void dropped.endProfile?.().catch(() => undefined);
  }

  /** Closes a transaction, and removes its spans from those that are kept. */
  #take(transaction: Transaction): ReadableSpan[] {
    const { spans } = transaction;
    this.#kept -= spans.length;
    transaction.isClosed = true;
    transaction.spans = [];
    return spans;
  }

  #begin(): Transaction {
    const isProfiled = Math.random() < this.options.profiledShare;
    return { spans: [], endProfile: isProfiled ? this.#profiler?.start() : undefined, isClosed: false };
  }

  async #send(root: ReadableSpan, { endProfile }: Transaction, spans: readonly ReadableSpan[]): Promise<void> {
    const event_id = randomUUID().replaceAll('-', '');
    const profile = await endProfile?.().catch(() => undefined);
    if (profile) this.#profiles.set(event_id, this.#describe(profile, root, event_id));
    this.client.captureEvent({ ...transactionEvent(root, spans), event_id });
  }

  #describe(profile: CpuProfile, root: ReadableSpan, id: string): object {
    const { identity, environment } = this.options;
    const { name, startTime } = root;
    const { traceId } = root.spanContext();
    const startedAt = secondsOf(startTime) * 1_000;
    const transaction = { name, id, traceId, startedAt, release: identity.version, environment };
    return toSentryProfile(profile, transaction, randomUUID().replaceAll('-', ''));
  }

  /** Sentry expects a profile in the envelope of its transaction. */
  #attachProfile([, items]: TransactionEnvelope): void {
    for (const [{ type }, { event_id = '' }] of [...items]) {
      const profile = type === 'transaction' ? this.#profiles.get(event_id) : undefined;
      if (profile === undefined) continue;
      this.#profiles.delete(event_id);
      items.push([{ type: 'profile' }, profile]);
    }
  }
}

type SpanJson = NonNullable<Event['spans']>[number];

type TransactionEnvelope = [headers: object, items: [headers: { type: string }, item: { event_id?: string }][]];

/** Spans contain names, and statements without values, as everywhere in telemetry. */
function transactionEvent(root: ReadableSpan, spans: readonly ReadableSpan[]): Event {
  return {
    type: 'transaction',
    transaction: root.name,
    transaction_info: { source: 'route' },
    start_timestamp: secondsOf(root.startTime),
    timestamp: secondsOf(root.endTime),
    contexts: { trace: { ...spanJson(root) } },
    spans: spans.map(spanJson),
  };
}

function spanJson(span: ReadableSpan): SpanJson {
  const { traceId, spanId } = span.spanContext();
  const { parentSpanContext: parent } = span;
  return {
    trace_id: traceId,
    span_id: spanId,
    ...(parent && { parent_span_id: parent.spanId }),
    op: kindOfWork(span),
    description: span.name,
    start_timestamp: secondsOf(span.startTime),
    timestamp: secondsOf(span.endTime),
    status: span.status.code === SpanStatusCode.ERROR ? 'internal_error' : 'ok',
    origin: 'manual',
    data: span.attributes,
  };
}

/** Sentry's name for the kind of a span's work. */
function kindOfWork({ kind, attributes }: ReadableSpan): string {
  if (attributes['db.system.name'] !== undefined) return 'db';
  if (attributes['graphql.operation.type'] !== undefined) return 'graphql';
  if (kind === SpanKind.SERVER) return 'http.server';
  return kind === SpanKind.CLIENT ? 'http.client' : 'function';
}

function secondsOf([seconds, nanoseconds]: HrTime): number {
  return seconds + nanoseconds / 1e9;
}
