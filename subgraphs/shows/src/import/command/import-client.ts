import { z } from 'zod';
import type { DocumentItem } from './document-decoder.js';

/** Thrown when the graph does not take a call; what earlier calls added stays, and sending all again is safe. */
export class GraphError extends Error {
  constructor(reason: string) {
    super(`The import stopped: ${reason}. Running it again goes on where it stopped.`);
    this.name = 'GraphError';
  }
}

/** What became of one item of the document. */
export type SentResult =
  | { kind: 'created'; slug: string }
  | { kind: 'conflict'; slug: string }
  | { kind: 'invalid'; slug: string; index: number; fields: { path: string; message: string }[] };

/** The graph takes 1000 items; fewer at a time keep each call short while the service is cold. */
const itemsOfCall = 250;
const bytesOfCall = 1_500_000;
const patience = 60_000;

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
const answerShape = z.object({ data: z.object({ importShows: z.object({ results: z.array(resultShape) }) }) });
const refusalShape = z.object({ errors: z.array(z.object({ message: z.string() })).min(1) });

/**
 * Sends the items in order, in calls of a bounded number and size, and yields what became of each.
 * @throws GraphError
 */
export async function* sendShows(
  items: readonly DocumentItem[],
  url: string,
  token: string,
): AsyncGenerator<SentResult> {
  let index = 0;
  for (const payload of calls(items)) {
    const results = await send(payload, url, token);
    for (const [at, item] of payload.entries()) yield resultOf(item.slug, index++, results[at]);
  }
}

function* calls(items: readonly DocumentItem[]): Generator<DocumentItem[]> {
  let call: DocumentItem[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (call.length === itemsOfCall || (call.length > 0 && bytes + size > bytesOfCall)) {
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
    signal: AbortSignal.timeout(patience),
  }).catch((failure: Error) => {
    throw new GraphError(`${url} does not answer (${failure.message})`);
  });
  const answer: unknown = await response.json().catch(() => undefined);
  const taken = answerShape.safeParse(answer);
  if (taken.success) return taken.data.data.importShows.results;
  const refusal = refusalShape.safeParse(answer);
  throw new GraphError(refusal.data?.errors[0]?.message ?? `${url} answered ${response.status}`);
}

function resultOf(slug: string, index: number, result: z.output<typeof resultShape> | undefined): SentResult {
  switch (result?.__typename) {
    case 'ShowCreated':
      return { kind: 'created', slug };
    case 'ShowConflict':
      return { kind: 'conflict', slug };
    case 'ShowInvalid':
      return { kind: 'invalid', slug, index, fields: result.fields };
    case undefined:
      throw new GraphError(`the answer says nothing of payload[${index}]`);
  }
}
