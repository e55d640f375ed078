import { SpanKind } from '@opentelemetry/api';
import { counter } from '../telemetry/instruments.js';
import { histogram } from '../telemetry/histograms.js';
import { createRequestScope, runInScope } from '../telemetry/request-scope.js';
import { extractContext, readTraceHeaders, type SpanTemplate, withSpan } from '../telemetry/tracing.js';
import { type AfterCommit, type DomainEvent, type EventReaction, parseEvent } from './domain-event.js';
import { maxDeliveries } from './emulated-broker.js';
import type { Inbox } from './event-consumer.js';
import type { QueuedMessage } from './event-queue.js';

/**
 * Applies the event of a message, once, in a span of the trace of the request that caused it: all its reactions, in their
 * order. An event without a reaction is ignored.
 * @throws the error of the reaction; an error for a message that is no event, or an event of a version that is not known
 */
export async function deliver<Transaction>(
  message: QueuedMessage,
  inbox: Inbox<Transaction>,
  reactions: readonly EventReaction<Transaction>[],
): Promise<void> {
  let type = 'unknown';
  try {
    const event = parseEvent(message.text);
    ({ type } = event);
    const known = reactions.filter(({ definition }) => definition.source === event.source && definition.type === type);
    if (known.length === 0) return record(type, 'ignored');
    if (known.some(({ definition }) => definition.version !== event.version))
      throw new Error(`version ${event.version} of the event ${type} is not known`);
    record(type, (await apply(event, inbox, known)) ? 'applied' : 'duplicate');
    histogram('marquee.events.delay', { type }).record((Date.now() - Date.parse(event.time)) / 1000);
  } catch (failure) {
    record(type, message.delivery < maxDeliveries ? 'failed' : 'dead_lettered');
    throw failure;
  }
}

function apply<Transaction>(
  event: DomainEvent,
  inbox: Inbox<Transaction>,
  reactions: readonly EventReaction<Transaction>[],
): Promise<boolean> {
  const { id, traceparent } = event;
  const trace = readTraceHeaders({ traceparent });
  const work = async () => {
    let after: (AfterCommit | void)[] = [];
    const isNew = await inbox.applyOnce(event, async (transaction) => {
      after = [];
      for (const reaction of reactions) after.push(await reaction.apply(event, transaction));
    });
    for (const follow of after) await follow?.();
    return isNew;
  };
  return withSpan(
    spanOf(event),
    (_, context) => runInScope({ ...createRequestScope(id, trace), context }, work),
    extractContext(trace),
  );
}

function spanOf({ id, type }: DomainEvent): SpanTemplate {
  const attributes = {
    'messaging.system': 'aws_sqs',
    'messaging.operation.name': 'apply',
    'messaging.operation.type': 'process',
    'messaging.message.id': id,
  };
  return { name: `apply ${type}`, kind: SpanKind.CONSUMER, attributes };
}

function record(type: string, outcome: 'applied' | 'duplicate' | 'ignored' | 'failed' | 'dead_lettered'): void {
  counter('marquee.events.received').add(1, { type, outcome });
}
