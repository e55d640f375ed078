import { channel } from 'node:diagnostics_channel';
import { SpanKind } from '@opentelemetry/api';
import { LRUCache } from 'lru-cache';
import { isMetricsEnabled } from './instruments.js';
import { type Histogram, histogram } from './histograms.js';
import { hasActiveSpan, type SpanTemplate, recordSpan } from './tracing.js';

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

/**
 * Records a finished store request: in the duration histogram, as a span of the running trace, and on the channel.
 * What a service asks of its store for itself, as the next events of a stream, belongs to no trace.
 */
export function recordStoreRequest(request: StoreRequest): void {
  if (isMetricsEnabled()) {
    const { succeeded, failed } = kindOf(request);
    (request.failed ? failed : succeeded).record(request.milliseconds / 1000);
  }
  if (hasActiveSpan()) recordSpan(request.failed ? failedForm(request) : kindOf(request).form, request.milliseconds);
  if (storeRequests.hasSubscribers) storeRequests.publish(request);
}

/** What requests with the same statement have in common. */
interface Kind {
  succeeded: Histogram;
  failed: Histogram;
  form: SpanTemplate;
}

/** Statements with lists have as many texts as there are lengths. */
const kinds = new LRUCache<string, Kind>({ max: 1_000 });

const failure = { 'error.type': '_OTHER' };

function kindOf({ store, statement }: StoreRequest): Kind {
  const key = `${store} ${statement}`;
  const known = kinds.get(key) ?? readKind(store, statement);
  kinds.set(key, known);
  return known;
}

function readKind(store: StoreRequest['store'], statement: string): Kind {
  const { operation, collection } = store === 'postgres' ? readSql(statement) : readDynamo(statement);
  const attributes = {
    'db.system.name': store === 'postgres' ? 'postgresql' : 'aws.dynamodb',
    'db.operation.name': operation,
    ...(collection !== undefined && { 'db.collection.name': collection }),
  };
  const form = {
    name: [operation, collection].filter(Boolean).join(' '),
    kind: SpanKind.CLIENT,
    attributes: { ...attributes, 'db.query.text': store === 'postgres' ? withoutValues(statement) : statement },
  };
  return {
    succeeded: histogram('db.client.operation.duration', attributes),
    failed: histogram('db.client.operation.duration', { ...attributes, ...failure }),
    form,
  };
}

function failedForm(request: StoreRequest): SpanTemplate {
  const { form } = kindOf(request);
  return { ...form, attributes: { ...form.attributes, ...failure } };
}

interface Read {
  operation: string;
  collection: string | undefined;
}

/** The table that a statement begins with, without its schema. */
const sqlTable = /\b(?:from|into|update)\s+(?:"?\w+"?\.)?"?(\w+)"?/i;

function readSql(statement: string): Read {
  const operation = /\w+/.exec(statement)?.[0].toUpperCase() ?? '';
  return { operation, collection: sqlTable.exec(statement)?.[1] };
}

function readDynamo(statement: string): Read {
  const [operation = '', collection] = statement.split(' ', 2);
  return { operation, collection };
}

/** Values are parameters as a rule; what stands in the text itself stays here. */
function withoutValues(statement: string): string {
  return statement.replace(/'(?:[^']|'')*'/g, '?').replace(/(?<![\w$"])\d+(?:\.\d+)?\b/g, '?');
}
