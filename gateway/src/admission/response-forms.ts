import type { IncomingMessage } from 'node:http';
import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';

/** The formats of results with `@defer` and `@stream`, named after the parameter of the media type. */
export type IncrementalFormat = 'deferSpec=20220824' | 'incrementalSpec=v0.2';

/** How a response with several results is sent. */
export type StreamForm = { kind: 'events' } | { kind: 'multipart'; format: IncrementalFormat };

/** How a client wants to be answered, by the quality and the order of the media types in its `Accept` header. */
export interface ResponseForms {
  /** The media type of a single JSON result; undefined if the client accepts none. */
  json: string | undefined;
  /** Whether the client names a JSON type. Wildcards do not count: browsers send them with images and scripts. */
  isJsonNamed: boolean;
  /** Whether the client accepts parts. Wildcards do not count: their clients expect JSON. */
  acceptsParts: boolean;
  /** Whether the client prefers an event stream to JSON, for every operation. */
  prefersEvents: boolean;
  /** Whether the client prefers a page, as a browser that opens the address does. */
  prefersPage: boolean;
  /**
   * The form in which later parts of a result are sent; undefined if the client accepts none. Clients list JSON first or
   * last without a preference, so JSON is for results without later parts.
   */
  incremental: StreamForm | undefined;
  /** The form in which the events of a subscription are sent; undefined if the client accepts none. */
  subscription: 'events' | 'multipart' | undefined;
}

const eventStream = 'text/event-stream';
const multipart = 'multipart/mixed';
const page = 'text/html';
const jsonTypes = ['application/json', 'application/graphql-response+json'];

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

/** Clients send a few different headers. */
const known = new LRUCache<string, ResponseForms>({ max: 500 });

/** A header that is longer than those of all clients takes long to negotiate. It counts as absent. */
const maxLength = 500;

/** The forms of responses that a request accepts; for clients of equal headers they are negotiated once. */
export function responseForms({ headers: { accept = '*/*' } }: IncomingMessage): ResponseForms {
  return getOrCreate<string, ResponseForms>(known, accept.length > maxLength ? '*/*' : accept, negotiate);
}

function negotiate(header: string): ResponseForms {
  // All types are sent in UTF-8; a type that says so is the same type.
  const accept = header.toLowerCase().replaceAll(/;\s*charset="?utf-8"?/g, '');
  const isNamed = (type: string): boolean => accept.includes(type.split(';', 1)[0] ?? type);
  const preferred = (types: readonly string[]): string | undefined =>
    new Negotiator({ headers: { accept } }).mediaType([...types]);
  const preferredNamed = (types: readonly string[]): string | undefined => preferred(types.filter(isNamed));
  const incremental = preferredNamed([...incrementalForms.keys()]);
  return {
    json: preferred(jsonTypes),
    isJsonNamed: jsonTypes.some(isNamed),
    acceptsParts: isNamed(multipart),
    prefersEvents: preferred([...jsonTypes, eventStream]) === eventStream,
    prefersPage: isNamed(page) && preferred([...jsonTypes, page]) === page,
    incremental: incremental === undefined ? undefined : incrementalForms.get(incremental),
    subscription: subscriptionForm(preferredNamed([eventStream, ...subscriptionMultipart])),
  };
}

/** The parts of a subscription need the parameter, unless the client accepts any `multipart/mixed`. */
function subscriptionForm(preferred: string | undefined): ResponseForms['subscription'] {
  if (preferred === undefined) return undefined;
  return preferred === eventStream ? 'events' : 'multipart';
}
