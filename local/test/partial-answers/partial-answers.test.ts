import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Closers } from '@marquee/chassis/process/closers';
import { subscribe } from '@marquee/testkit/subscribe';
import { openTcpProxy, type TcpProxy } from '@marquee/testkit/tcp-proxy';
import { startService } from '@marquee/testkit/test-service';
import { service as gateway } from '@marquee/gateway/service';
import { type DocumentNode, type GraphQLSchema, Kind, OperationTypeNode, parse, print } from 'graphql';
import { apiSchema } from '../access-matrix/schema-operations.js';
import { createClient, type GraphClient } from '../fixtures/graph-client.js';
import { gatewayVariables, startGraph } from '../fixtures/whole-graph.js';
import { type CompletedStream, publishedJobs, showChanges } from './completed-streams.js';
import { dataWithout, type FieldOwners, fieldOwners } from './expected-data.js';

const names = ['users', 'jobs', 'messaging', 'shows'] as const;
const faults = names.flatMap((name) => (['stopped', 'hung', 'slow'] as const).map((mode) => [name, mode] as const));

/** Pages that combine all services. */
const pages = {
  Front: `{ me { handle displayName } unreadTotal
    feed(first: 3) { edges { node { message author { displayName freelancerProfile { name } } } } }
    jobs(first: 3) { edges { node { title poster { displayName } show { title } attachments { contentType } } } }
    shows(first: 3) { edges { node { title addedBy { displayName } jobs { edges { node { title } } } } } } }`,
  Inbox: `{ conversations(first: 3) { edges { node { id title participants { id displayName freelancerProfile { name } }
    job { title show { title } } lastMessage { body sender { displayName } } readReceipts { user { handle } } } } } }`,
  People: `{ freelancers(first: 3) { edges { node { name owner { handle jobs { edges { node { title } } } } avatar { url } } } }
    covers(first: 3) { edges { node { title image { contentType } contributors { name freelancer { owner { handle } } } } } }
    users(first: 3) { edges { node { displayName conversationWithMe { title } jobs { edges { node { title } } } } } } }`,
};

const closers = new Closers();
const proxies: Record<string, TcpProxy> = {};
/** The timeout of a service: one second, and more on a machine on which the pages take longer. */
let timeoutSeconds: number;
let url: string;
let admin: GraphClient;
let documents: [name: string, document: DocumentNode][];
let schema: GraphQLSchema;
let owners: FieldOwners;

beforeAll(async () => {
  const limits = { GUARD_COST: '1000000', GUARD_RESPONSE_BYTES: '1000000000' };
  const { services, gateway: direct } = await startGraph(closers, { messaging: true, seed: true, gateway: limits });
  for (const name of names) proxies[name] = closers.add(await openTcpProxy(`${services[name]!.url}/graphql`));
  [schema, owners] = [await apiSchema(), await fieldOwners()];
  documents = [
    ...(await exampleQueries()),
    ...Object.entries(pages).map(([name, text]) => [name, parse(text)] as [string, DocumentNode]),
  ];
  url = direct.url;
  await recovered();
  const startedAt = performance.now();
  await recovered();
  timeoutSeconds = Math.max(1, Math.ceil((3 * (performance.now() - startedAt)) / 1000));
  const variables = {
    ...(await gatewayVariables(services)),
    SUBGRAPH_URLS: JSON.stringify(Object.fromEntries(names.map((name) => [name, proxies[name]!.url]))),
    SUBGRAPH_TIMEOUT_SECONDS: String(timeoutSeconds),
    SUBGRAPH_BREAKER_SECONDS: '0.05',
    SUBGRAPH_RETRIES: '0',
    ...limits,
  };
  url = closers.add(await startService(gateway, variables)).url;
  admin = createClient(direct.url, { 'x-dev-user-id': 'dev-admin-001' });
  // The gateway knows the caller, and has planned the pages.
  await recovered();
});
afterAll(() => closers.close());

describe.each(faults)('while %s is %s', (name, mode) => {
  test.each(['PROPAGATE', 'NULL'] as const)(
    'pages keep the fields of the other services, with onError %s',
    async (onError) => {
      const complete = await answers('PROPAGATE');
      expect(complete.map(({ errors }) => errors)).toEqual(documents.map(() => []));
      const partial = await during(name, mode, () => answersWithout(name, onError));
      for (const [index, [page, document]] of documents.entries()) {
        const options = { schema, owners, nullsInPlace: onError === 'NULL' };
        const expected = dataWithout(name, complete[index]!.data, document, options);
        expect([page, partial[index]!.data]).toEqual([page, expected]);
        const codes = partial[index]!.errors.map(({ extensions }) => [extensions['code'], extensions['service']]);
        expect(codes.filter(([code, service]) => code !== 'UPSTREAM_UNAVAILABLE' || service !== name)).toEqual([]);
      }
    },
  );

  test('with onError HALT, pages without its fields are complete, and others have one error', async () => {
    const complete = await answers('PROPAGATE');
    const [partial, halted] = await during(name, mode, async () => [
      await answersWithout(name, 'NULL'),
      await answersWithout(name, 'HALT'),
    ]);
    for (const [index, [page]] of documents.entries()) {
      const isComplete = partial[index]!.errors.length === 0;
      expect([page, halted[index]!.data]).toEqual([page, isComplete ? complete[index]!.data : null]);
      const codes = halted[index]!.errors.map(({ extensions }) => extensions['code']);
      expect(codes).toEqual(isComplete ? [] : ['UPSTREAM_UNAVAILABLE']);
    }
  });
});

describe('live events', () => {
  test.each([
    ['users', 'stopped', showChanges],
    ['users', 'hung', showChanges],
    ['users', 'slow', showChanges],
    ['jobs', 'stopped', showChanges],
    ['jobs', 'hung', showChanges],
    ['jobs', 'slow', showChanges],
    ['messaging', 'hung', showChanges],
    ['shows', 'stopped', publishedJobs],
    ['shows', 'hung', publishedJobs],
    ['shows', 'slow', publishedJobs],
  ] as const)('keep the fields of the other services while %s is %s, or wait for it', async (name, mode, stream) => {
    const listeners = onErrors.map((onError) => subscribe({ url: `${url}/graphql`, query: stream.query, onError }));
    const first = await firstEvents(listeners, stream);
    const title = `${name} ${mode}`;
    const complete = { [stream.field]: { ...first, title } };
    const waiting = await during(name, mode, async () => {
      await stream.publish(admin, title);
      const [nulls, ...others] = listeners.map((listening) => eventOf(listening, stream, title));
      const options = { schema, owners, nullsInPlace: true };
      expect(await nulls).toMatchObject({
        data: dataWithout(name, complete, parse(stream.query), options),
        errors: name === 'messaging' ? [] : [{ extensions: { code: 'UPSTREAM_UNAVAILABLE', service: name } }],
      });
      return others;
    });
    // Others do not accept an event without a field, and receive it once the service is back.
    for (const event of waiting) expect(await event).toEqual({ data: complete, errors: [] });
    await Promise.all(listeners.map((listening) => listening.unsubscribe()));
  });
});

const onErrors = ['NULL', 'PROPAGATE', 'HALT'];

/** Repeats an event until each of the subscriptions has delivered one, and returns its value. */
async function firstEvents(listeners: ReturnType<typeof subscribe>[], stream: CompletedStream): Promise<object> {
  const first = Promise.all(listeners.map((listening) => listening.next()));
  const delivered = first.then(() => true);
  do await stream.publish(admin, 'First');
  while (!(await Promise.race([delivered, wait(200, false)])));
  const [{ data } = {}] = await first;
  return data?.[stream.field] as object;
}

/** Skips earlier events, which are complete. */
async function eventOf(
  listening: ReturnType<typeof subscribe>,
  stream: CompletedStream,
  title: string,
): Promise<Answer> {
  const { data, errors = [] } = (await listening.next()) as Partial<Answer>;
  const value = (data as Record<string, { title: string }> | null)?.[stream.field];
  return value === undefined || value.title === title ? { data, errors } : eventOf(listening, stream, title);
}

/** How a service fails: its process does not run, was stopped by SIGSTOP, or responds after the timeout. */
type Mode = 'stopped' | 'hung' | 'slow';

async function during<Result>(name: string, mode: Mode, act: () => Promise<Result>): Promise<Result> {
  const proxy = proxies[name]!;
  if (mode === 'stopped') await proxy.refuse();
  if (mode === 'hung') proxy.swallow();
  if (mode === 'slow') proxy.delay(timeoutSeconds * 2_000);
  try {
    return await act();
  } finally {
    proxy.forward();
    // Connections must not deliver late responses to a test that follows.
    proxy.reset();
    if (mode === 'stopped') await proxy.accept();
    await recovered();
  }
}

/** Waits until all pages are complete, which includes that no breaker is open. */
async function recovered(): Promise<void> {
  const results = await answers('PROPAGATE');
  if (results.every(({ errors }) => errors.length === 0)) return;
  await wait(50);
  await recovered();
}

type Answer = { data: unknown; errors: { extensions: Record<string, unknown> }[] };

function answers(onError: 'PROPAGATE' | 'NULL' | 'HALT'): Promise<Answer[]> {
  return Promise.all(documents.map(([, document]) => answer(print(document), onError)));
}

/** The answers while a service fails: asked again, five times at most, while another one exceeds its timeout under load. */
async function answersWithout(name: string, onError: 'PROPAGATE' | 'NULL' | 'HALT'): Promise<Answer[]> {
  for (let attempt = 1; ; attempt += 1) {
    const results = await answers(onError);
    const services = results.flatMap(({ errors }) => errors.map(({ extensions }) => extensions['service']));
    if (attempt === 5 || services.every((service) => service === name)) return results;
  }
}

async function answer(query: string, onError: string): Promise<Answer> {
  const headers = { 'content-type': 'application/json', 'x-dev-user-id': 'dev-hiring-001' };
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, onError }) });
  const { data, errors = [] } = (await response.json()) as Partial<Answer>;
  return { data, errors };
}

/** The queries of the examples, each in a document of its own. */
async function exampleQueries(): Promise<[string, DocumentNode][]> {
  const examples = parse(await readFile(new URL('../../../examples/operations.graphql', import.meta.url), 'utf8'));
  return examples.definitions
    .filter((one) => one.kind === Kind.OPERATION_DEFINITION && one.operation === OperationTypeNode.QUERY)
    .map((one) => ['name' in one ? (one.name?.value ?? '') : '', { kind: Kind.DOCUMENT, definitions: [one] }]);
}
