import { channel } from 'node:diagnostics_channel';
import { SpanKind, trace } from '@opentelemetry/api';
import { durations } from './instruments.js';

/** One request that a service made of its store. */
export interface StoreRequest {
  store: 'postgres' | 'dynamodb';
  /** The SQL text, or the DynamoDB operation with its table and index. Never a value. */
  statement: string;
  milliseconds: number;
  failed: boolean;
}

/**
 * The diagnostics channel that tells every SQL statement and DynamoDB request of this process as it ends.
 * Tests read it to assert what an operation costs.
 */
export const storeRequestChannel = 'marquee:store-request';

const storeRequests = channel(storeRequestChannel);

/** Records a finished store request: as a span, in the duration histogram and on the channel. */
export function recordStoreRequest(request: StoreRequest): void {
  const endTime = Date.now();
  const attributes = { 'db.system.name': request.store };
  trace
    .getTracer('marquee')
    .startSpan(request.store, {
      kind: SpanKind.CLIENT,
      startTime: endTime - request.milliseconds,
      attributes: { ...attributes, 'db.query.text': request.statement },
    })
    .end(endTime);
  durations('db.client.operation.duration').record(request.milliseconds / 1000, {
    ...attributes,
    failed: request.failed,
  });
  if (storeRequests.hasSubscribers) storeRequests.publish(request);
}
