import type { IncomingMessage } from 'node:http';
import { header } from '@marquee/chassis/http/http-server';
import Negotiator from 'negotiator';

/** The formats of results with `@defer` and `@stream`, named after the parameter of the media type. */
export type IncrementalFormat = 'deferSpec=20220824' | 'incrementalSpec=v0.2';

/** How a response with several results is sent. */
export type StreamForm = { kind: 'events' } | { kind: 'multipart'; format: IncrementalFormat };

const eventStream = 'text/event-stream';
const multipart = 'multipart/mixed';

/** The first format is also the one of clients that accept `multipart/mixed` without a parameter. */
const multipartForms: readonly [string, StreamForm][] = [
  [`${multipart}; deferSpec=20220824`, { kind: 'multipart', format: 'deferSpec=20220824' }],
  [`${multipart}; incrementalSpec=v0.2`, { kind: 'multipart', format: 'incrementalSpec=v0.2' }],
];

const incrementalForms = new Map<string, StreamForm>([...multipartForms, [eventStream, { kind: 'events' }]]);

/** What Apollo's clients accept for a subscription; some name the boundary. */
const subscriptionMultipart = [
  `${multipart}; subscriptionSpec=1.0`,
  `${multipart}; boundary=graphql; subscriptionSpec=1.0`,
];

/** Whether a request accepts multipart responses at all. Wildcards do not count: their clients expect JSON. */
export function acceptsMultipart(request: IncomingMessage): boolean {
  return acceptOf(request).includes(multipart);
}

/** Whether a request may be answered with a stream of events, as server-sent events or in parts. */
export function acceptsEvents(request: IncomingMessage): boolean {
  if (request.method !== 'POST') return false;
  const accept = (header(request, 'accept') ?? '').toLowerCase();
  return accept.includes(eventStream) || (accept.includes(multipart) && accept.includes('subscriptionspec'));
}

/**
 * The form in which later parts of a result are sent; undefined if the client accepts none. Clients list JSON first or
 * last without a preference, so JSON is for results without later parts.
 */
export function incrementalForm(request: IncomingMessage): StreamForm | undefined {
  const types = [...incrementalForms.keys()].filter((type) => isNamed(request, type));
  const preferred = new Negotiator(request).mediaType(types);
  return preferred === undefined ? undefined : incrementalForms.get(preferred);
}

/** The form in which the events of a subscription are sent: in parts if the client prefers or only accepts that. */
export function subscriptionForm(request: IncomingMessage): 'events' | 'multipart' {
  const types = [eventStream, ...subscriptionMultipart].filter((type) => isNamed(request, type));
  const preferred = new Negotiator(request).mediaType(types);
  return preferred === undefined || preferred === eventStream ? 'events' : 'multipart';
}

/** Whether the client prefers an event stream to JSON. Many accept both, for queries and subscriptions alike. */
export function prefersEvents(request: IncomingMessage): boolean {
  const types = [eventStream, 'application/json', 'application/graphql-response+json'];
  return new Negotiator(request).mediaType(types) === eventStream;
}

const jsonTypes = ['application/json', 'application/graphql-response+json'];

/** The media type of a single JSON result; undefined if the client accepts none. */
export function jsonType(request: IncomingMessage): string | undefined {
  return new Negotiator(request).mediaType(jsonTypes);
}

function isNamed(request: IncomingMessage, type: string): boolean {
  return acceptOf(request).includes(type.split(';', 1)[0] ?? type);
}

function acceptOf(request: IncomingMessage): string {
  return (header(request, 'accept') ?? '').toLowerCase();
}
