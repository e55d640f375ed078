import { z } from 'zod';
import type { DocumentItem } from './document-decoder.js';

/** Thrown when the graph rejects a call. Shows added by earlier calls stay; importing the document again is safe. */
export class GraphError extends Error {
  constructor(reason: string) {
    super(`The import stopped: ${reason}. Run it again to import the remaining shows.`);
    this.name = 'GraphError';
  }
}

/** The outcome of one item of the document. */
export type SentResult =
  | { kind: 'created'; slug: string }
  | { kind: 'conflict'; slug: string }
  | { kind: 'invalid'; slug: string; index: number; fields: { path: string; message: string }[] };

/** The graph accepts 1000 items; smaller calls stay short while the service is warming up. */
const maxCallItems = 250;
const maxCallBytes = 1_500_000;
const timeoutMs = 60_000;

const operation = `mutation ImportShows($input: ImportShowsInput!) {
  importShows(input: $input) {
    results {
      __typename
      ... on ShowConflict { slug }
      ... on ShowInvalid { fields { path message } }
    }
  }
}`;

const resultShape = z.discriminatedUnion('__typename', [
  z.object({ __typename: z.literal('ShowCreated') }),
  z.object({ __typename: z.literal('ShowConflict') }),
  z.object({
    __typename: z.literal('ShowInvalid'),
    fields: z.array(z.object({ path: z.string(), message: z.string() })),
  }),
]);
const responseShape = z.object({ data: z.object({ importShows: z.object({ results: z.array(resultShape) }) }) });
const errorsShape = z.object({ errors: z.array(z.object({ message: z.string() })).min(1) });

/**
 * Imports the items in order, in calls of limited size, and yields the outcome of each.
 * @throws GraphError
 */
export async function* sendShows(
  items: readonly DocumentItem[],
  url: string,
  token: string,
): AsyncGenerator<SentResult> {
  let index = 0;
  for (const payload of splitCalls(items)) {
    const results = await send(payload, url, token);
    for (const [at, item] of payload.entries()) yield toSentResult(item.slug, index++, results[at]);
  }
}

function* splitCalls(items: readonly DocumentItem[]): Generator<DocumentItem[]> {
  let call: DocumentItem[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (call.length === maxCallItems || (call.length > 0 && bytes + size > maxCallBytes)) {
      yield call;
      [call, bytes] = [[], 0];
    }
    call.push(item);
    bytes += size;
  }
  if (call.length > 0) yield call;
}

async function send(payload: DocumentItem[], url: string, token: string): Promise<z.output<typeof resultShape>[]> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: operation, variables: { input: { payload } } }),
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((failure: Error) => {
    throw new GraphError(`${url} is unavailable (${failure.message})`);
  });
  const body: unknown = await response.json().catch(() => undefined);
  const parsed = responseShape.safeParse(body);
  if (parsed.success) return parsed.data.data.importShows.results;
  const failed = errorsShape.safeParse(body);
  throw new GraphError(failed.data?.errors[0]?.message ?? `${url} answered ${response.status}`);
}

function toSentResult(slug: string, index: number, result: z.output<typeof resultShape> | undefined): SentResult {
  switch (result?.__typename) {
    case 'ShowCreated':
      return { kind: 'created', slug };
    case 'ShowConflict':
      return { kind: 'conflict', slug };
    case 'ShowInvalid':
      return { kind: 'invalid', slug, index, fields: result.fields };
    case undefined:
      throw new GraphError(`the response contains no result for payload[${index}]`);
  }
}
