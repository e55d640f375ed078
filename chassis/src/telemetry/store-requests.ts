import { channel } from 'node:diagnostics_channel';
import { SpanKind } from '@opentelemetry/api';
import { LRUCache } from 'lru-cache';
import { getOrCreate } from '../caching/memoize.js';
import { isMetricsEnabled } from './instruments.js';
import { type Histogram, histogram } from './histograms.js';
import { currentRequest } from './request-scope.js';
import { hasActiveSpan, type SpanTemplate, recordSpan } from './tracing.js';

/** A request of a service to its store. */
export interface StoreRequest {
  store: 'postgres' | 'dynamodb';
  /** The SQL text, or the DynamoDB operation with its table and index. Contains no values. */
  statement: string;
  milliseconds: number;
  failed: boolean;
}

/**
 * The diagnostics channel that publishes every completed SQL statement and DynamoDB request of this process. Tests use it to
 * assert the cost of an operation.
 */
export const storeRequestChannel = 'marquee:store-request';

const storeRequests = channel(storeRequestChannel);

/**
 * Records a completed store request in the duration histogram, as a span of the active trace, and on the channel. Requests
 * without an active span, such as the polls of a stream, have no span.
 */
export function recordStoreRequest(request: StoreRequest): void {
  const work = currentRequest()?.storeWork;
  if (work) {
    work.statements += 1;
    if (request.store === 'postgres') work.databaseMs += request.milliseconds;
  }
  if (isMetricsEnabled()) {
    const { succeeded, failed } = instrumentsOf(request);
    (request.failed ? failed : succeeded).record(request.milliseconds / 1000);
  }
  if (hasActiveSpan())
    recordSpan(request.failed ? failedSpan(request) : instrumentsOf(request).span, request.milliseconds);
  if (storeRequests.hasSubscribers) storeRequests.publish(request);
}

/** The instruments of all requests with the same statement. */
interface Instruments {
  succeeded: Histogram;
  failed: Histogram;
  span: SpanTemplate;
}

/** Bounded, since a statement with a list has a different text for each length of it. */
const cache = new LRUCache<string, Instruments>({ max: 1_000 });

const failure = { 'error.type': '_OTHER' };

function instrumentsOf({ store, statement }: StoreRequest): Instruments {
  return getOrCreate(cache, `${store} ${statement}`, () => createInstruments(store, statement));
}

function createInstruments(store: StoreRequest['store'], statement: string): Instruments {
  const { operation, collection } = store === 'postgres' ? parseSql(statement) : parseDynamo(statement);
  const attributes = {
    'db.system.name': store === 'postgres' ? 'postgresql' : 'aws.dynamodb',
    'db.operation.name': operation,
    ...(collection !== undefined && { 'db.collection.name': collection }),
  };
  const span = {
    name: [operation, collection].filter(Boolean).join(' '),
    kind: SpanKind.CLIENT,
    attributes: { ...attributes, 'db.query.text': store === 'postgres' ? redactLiterals(statement) : statement },
  };
  return {
    succeeded: histogram('db.client.operation.duration', attributes),
    failed: histogram('db.client.operation.duration', { ...attributes, ...failure }),
    span,
  };
}

function failedSpan(request: StoreRequest): SpanTemplate {
  const { span } = instrumentsOf(request);
  return { ...span, attributes: { ...span.attributes, ...failure } };
}

interface ParsedStatement {
  operation: string;
  collection: string | undefined;
}

/** The first table of a statement, without its schema. */
const sqlTable = /\b(?:from|into|update)\s+(?:"?\w+"?\.)?"?(\w+)"?/i;

function parseSql(statement: string): ParsedStatement {
  const operation = /\w+/.exec(statement)?.[0].toUpperCase() ?? '';
  return { operation, collection: sqlTable.exec(statement)?.[1] };
}

function parseDynamo(statement: string): ParsedStatement {
  const [operation = '', collection] = statement.split(' ', 2);
  return { operation, collection };
}

/** Values are usually parameters; literals in the text are replaced. */
function redactLiterals(statement: string): string {
  return statement.replace(/'(?:[^']|'')*'/g, '?').replace(/(?<![\w$"])\d+(?:\.\d+)?\b/g, '?');
}
