import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as wait } from 'node:timers/promises';
import { type Gateway, openGateway } from '../fixtures/gateway.js';
import { type Library, openLibrary } from '../fixtures/library-subgraphs.js';
import { createLiveClients } from '../fixtures/live-clients.js';

const query = '{ book { title author { ... @defer(label: "who") { name } } } }';
const whole = { data: { book: { title: 'Book 1', author: { name: 'Author 1' } } } };
const first = { data: { book: { title: 'Book 1', author: {} } }, hasNext: true };
const patch = { data: { name: 'Author 1' }, path: ['book', 'author'], label: 'who' };

let library: Library;
let gateway: Gateway;
/** With a short timeout, for a service that does not answer. */
let hasty: Gateway;
const clients = createLiveClients(() => gateway);

beforeAll(async () => {
  library = await openLibrary();
  gateway = await openGateway(library.all, { GUARD_FETCHES: '3', SUBGRAPH_TIMEOUT_SECONDS: '300' });
  hasty = await openGateway(library.all, { SUBGRAPH_TIMEOUT_SECONDS: '2' });
});
afterEach(() => void (library.people.behavior = 'normal'));
afterAll(async () => {
  await clients.closeAll();
  await Promise.all([gateway.close(), hasty.close()]);
  await library.close();
});

function send(
  body: object,
  accept: string | undefined,
  { at = gateway, ...init }: RequestInit & { at?: Gateway } = {},
): Promise<Response> {
  return fetch(`${at.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(accept !== undefined && { accept }) },
    body: JSON.stringify(body),
    ...init,
  });
}

/** The JSON of each part or event. */
async function payloads(response: Response): Promise<unknown[]> {
  const text = await response.text();
  const isMultipart = response.headers.get('content-type')?.startsWith('multipart/mixed');
  const found = isMultipart ? text.matchAll(/\r\n\r\n(.*)\r\n---/g) : text.matchAll(/^data: (.+)$/gm);
  return [...found].map(([, json]) => JSON.parse(json ?? '') as unknown);
}

describe('an operation with @defer is answered', () => {
  test.each([
    ['multipart/mixed;deferSpec=20220824', 'multipart/mixed; boundary="-"; deferSpec=20220824'],
    ['multipart/mixed; deferSpec=20220824, application/json', 'multipart/mixed; boundary="-"; deferSpec=20220824'],
    ['application/json, multipart/mixed', 'multipart/mixed; boundary="-"; deferSpec=20220824'],
    ['text/event-stream', 'text/event-stream; charset=utf-8'],
    ['application/json, text/event-stream, multipart/mixed', 'text/event-stream; charset=utf-8'],
    ['text/event-stream;q=0.5, multipart/mixed', 'multipart/mixed; boundary="-"; deferSpec=20220824'],
  ])('in parts for Accept: %s', async (accept, contentType) => {
    const response = await send({ query }, accept);
    expect(response.headers.get('content-type')).toBe(contentType);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    expect(await payloads(response)).toEqual([first, { incremental: [patch], hasNext: false }]);
  });

  test('in the format of incrementalSpec=v0.2', async () => {
    const response = await send({ query }, 'multipart/mixed;incrementalSpec=v0.2');
    expect(response.headers.get('content-type')).toBe('multipart/mixed; boundary="-"; incrementalSpec=v0.2');
    expect(await payloads(response)).toEqual([
      { ...first, pending: [{ id: '0', path: ['book', 'author'], label: 'who' }] },
      { incremental: [{ id: '0', data: { name: 'Author 1' } }], completed: [{ id: '0' }], hasNext: false },
    ]);
  });

  test.each([
    [undefined],
    ['*/*'],
    ['application/json'],
    ['application/graphql-response+json'],
    ['application/json, multipart/mixed;deferSpec=20991231'],
    ['application/json, multipart/mixed;q=0'],
    ['application/json, multipart/mixed;subscriptionSpec=1.0'],
  ])('in one result for Accept: %s', async (accept) => {
    const response = await send({ query }, accept);
    expect(response.headers.get('content-type')).toMatch(/^application\/(graphql-response\+)?json/);
    expect(await response.json()).toEqual(whole);
  });

  test('in one result over GET', async () => {
    const url = `${gateway.url}/graphql?query=${encodeURIComponent(query)}`;
    const accept = 'multipart/mixed;deferSpec=20220824, application/json';
    const response = await fetch(url, { headers: { accept, 'apollo-require-preflight': 'true' } });
    expect(await response.json()).toEqual(whole);
  });

  test('in several results over a WebSocket', async () => {
    const subscription = clients.subscribe(query);
    expect(await subscription.take(2)).toEqual([first, { incremental: [patch], hasNext: false }]);
    await expect(subscription.next()).rejects.toThrow('The stream has ended.');
  });
});

test('an operation without later parts is JSON, or one part for a client that accepts no JSON', async () => {
  const accept = 'multipart/mixed;deferSpec=20220824';
  const plain = { query: '{ book { title } }' };
  expect(await (await send(plain, `${accept}, application/json`)).json()).toEqual({
    data: { book: { title: 'Book 1' } },
  });
  expect(await payloads(await send(plain, accept))).toEqual([{ data: { book: { title: 'Book 1' } } }]);
});

test('sends the first part before the later ones are there', async () => {
  library.people.behavior = 'hang';
  const response = await send({ query }, 'multipart/mixed');
  const reader = response.body!.getReader();
  const { value } = await reader.read();
  expect(new TextDecoder().decode(value)).toBe(
    `\r\n---\r\ncontent-type: application/json; charset=utf-8\r\n\r\n${JSON.stringify(first)}\r\n---`,
  );
  await reader.cancel();
});

test.each(['multipart/mixed', 'text/event-stream'])(
  'cancels the fetches of later parts when a client of %s leaves',
  async (accept) => {
    library.people.behavior = 'hang';
    const { abortedCount: before, requestCount } = library.people;
    const leaving = new AbortController();
    const response = await send({ query }, accept, { signal: leaving.signal });
    await response.body!.getReader().read();
    while (library.people.requestCount === requestCount) await wait(5);
    leaving.abort();
    while (library.people.abortedCount === before) await wait(20);
    expect(library.people.abortedCount).toBe(before + 1);
  },
);

test('cancels the fetches of later parts when a WebSocket client completes the operation', async () => {
  library.people.behavior = 'hang';
  const { abortedCount: before, requestCount } = library.people;
  const subscription = clients.subscribe(query);
  expect(await subscription.next()).toEqual(first);
  while (library.people.requestCount === requestCount) await wait(5);
  await subscription.close();
  while (library.people.abortedCount === before) await wait(20);
  expect(library.people.abortedCount).toBe(before + 1);
});

describe('the limits of operations apply to deferred parts', () => {
  const deep = (levels: number): string => (levels === 0 ? 'id' : `... @defer { id ${deep(levels - 1)} }`);

  test.each([
    ['directives', `{ book { ${deep(51)} } }`, /at most 50 directives/],
    [
      'fetches',
      '{ book { ... @defer { pages } ... @defer { chapters { name } } ... @defer { title } } }',
      /at most 3 fetches/,
    ],
  ])('%s', async (_, refused, message) => {
    const response = await send({ query: refused }, 'multipart/mixed, application/json');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      errors: [{ message: expect.stringMatching(message), extensions: { code: 'BAD_USER_INPUT' } }],
    });
  });

  test('denied fields are null in their part', async () => {
    const [, later] = await payloads(
      await send({ query: '{ book { author { ... @defer { secret } } } }' }, 'multipart/mixed'),
    );
    expect(later).toMatchObject({
      incremental: [
        {
          data: { secret: null },
          errors: [{ path: ['book', 'author', 'secret'], extensions: { code: 'UNAUTHENTICATED' } }],
        },
      ],
    });
  });
});

describe('refuses', () => {
  test.each([
    [
      'a label that is used twice',
      '{ book { ... @defer(label: "a") { id } ... @defer(label: "a") { title } } }',
      /label "a" of @defer is used more than once/,
    ],
    [
      'a label in a variable',
      'query ($l: String) { book { ... @defer(label: $l) { id } } }',
      /must be a literal string/,
    ],
    [
      '@defer at the root of a mutation',
      'mutation { ... @defer { addBook(title: "A") { id } } }',
      /root fields of a mutation/,
    ],
    ['@stream on a field that is no list', '{ book @stream { id } }', /can only be used on a list/],
    ['@stream with a negative number', '{ books @stream(initialCount: -1) { id } }', /at least 0/],
    ['@defer on a field', '{ book @defer { id } }', /may not be used on FIELD/],
  ])('%s', async (_, refused, message) => {
    const response = await send({ query: refused }, 'application/json');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      errors: [{ message: expect.stringMatching(message), extensions: { code: 'BAD_USER_INPUT' } }],
    });
  });
});

test('introspection returns @defer and @stream', async () => {
  const { data } = await gateway.query('{ __schema { directives { name locations args { name defaultValue } } } }');
  const { directives } = (data as { __schema: { directives: { name: string }[] } }).__schema;
  expect(directives.filter(({ name }) => name === 'defer' || name === 'stream')).toEqual([
    {
      name: 'defer',
      locations: ['FRAGMENT_SPREAD', 'INLINE_FRAGMENT'],
      args: [
        { name: 'if', defaultValue: 'true' },
        { name: 'label', defaultValue: null },
      ],
    },
    {
      name: 'stream',
      locations: ['FIELD'],
      args: [
        { name: 'if', defaultValue: 'true' },
        { name: 'label', defaultValue: null },
        { name: 'initialCount', defaultValue: '0' },
      ],
    },
  ]);
});

// Last, for these failures may open the circuit breaker.
test('a service that is down spoils its own part only, and its errors are masked', async () => {
  library.people.behavior = { status: 500, text: 'secret' };
  const deferred = '{ book { title ... @defer { pages } author { ... @defer { name } } } }';
  const response = await send({ query: deferred }, 'multipart/mixed');
  const [start, ...later] = (await payloads(response)) as { incremental: { path: unknown; data: unknown }[] }[];
  expect(start).toEqual(first);
  const parts = later.flatMap(({ incremental }) => incremental);
  expect(parts).toHaveLength(2);
  expect(parts).toEqual(
    expect.arrayContaining([
      { path: ['book'], data: { pages: 100 } },
      {
        path: ['book', 'author'],
        data: null,
        errors: [
          {
            message: expect.any(String),
            path: ['book', 'author', 'name'],
            extensions: { code: 'UPSTREAM_UNAVAILABLE', service: 'people' },
          },
        ],
      },
    ]),
  );
  expect(JSON.stringify(later)).not.toContain('secret');
});

test('the deadline of a service applies to later parts', async () => {
  // Prepares the operation, of which every step has a second from then on.
  await payloads(await send({ query }, 'multipart/mixed', { at: hasty }));
  library.people.behavior = 'hang';
  const [, later] = await payloads(await send({ query }, 'multipart/mixed', { at: hasty }));
  expect(later).toMatchObject({
    incremental: [{ data: null, errors: [{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }] }],
    hasNext: false,
  });
});
