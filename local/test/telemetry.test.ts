import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Closers } from '@marquee/chassis/process/closers';
import { type Collector, openCollector, type Span } from '@marquee/testkit/collector';
import { emulatedEventVariables } from '@marquee/schema/event-channels';
import { subgraphs } from '@marquee/schema/services';
import { openEventEmulator } from '@marquee/testkit/event-emulator';
import { testKeys } from '@marquee/testkit/test-keys';
import { subscribe } from '@marquee/testkit/subscribe';
import { post } from '@marquee/testkit/test-service';
import { freshSchema, freshTable } from '@marquee/testkit/test-stores';
import { causedStreams, followCausedStreams } from './fixtures/caused-streams.js';
import { type ServiceProcess, startServiceProcess } from './fixtures/service-process.js';
import { describeMetrics, missingOfSpans, unknownNames } from './fixtures/semantic-conventions.js';
import { schemaFile } from './fixtures/whole-graph.js';

const closers = new Closers();
let collector: Collector;
let processes: ServiceProcess[];
/** The metrics of all processes. */
let metrics: string;
/** The first live event, as the client received it. */
let event: unknown;

const traceId = '0af7651916cd43dd8448eb211c80319c';
const clientSpan = 'b7ad6b7169203331';
const shelf = `query Shelf($slug: ID!, $handle: String!) {
  shows(first: 2) { edges { node { title addedBy { handle } } } }
  show(slug: $slug) { title }
  user(handle: $handle) { handle }
}`;
beforeAll(async () => {
  collector = closers.add(await openCollector());
  processes = await startProcesses();
  const [{ url }] = processes as [ServiceProcess];
  await generateTraffic(`${url}/graphql`);
  await followCausedStreams(url);
  await deletePerson(`${url}/graphql`);
  const read = async () => (await Promise.all(processes.map((one) => one.metrics()))).join('\n');
  // The events reach the other service within a second.
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await wait(100)) {
    metrics = await read();
    if (metrics.includes('marquee_events_delay') && metrics.includes('marquee_events_published')) break;
  }
  await Promise.all(processes.map((one) => one.close()));
});

afterAll(() => closers.close());

describe('the trace of a query over two services', () => {
  test('connects the client, the gateway, both services and both stores without gaps', () => {
    const spans = spansOfTrace();
    const known = new Set([clientSpan, ...spans.map(({ spanId }) => spanId)]);
    expect(spans.filter(({ parentSpanId }) => !known.has(parentSpanId ?? ''))).toEqual([]);
    expect(ancestors('query Shelf')).toBe('query Shelf < POST /graphql < client');
    expect(ancestors('POST users')).toBe('POST users < query Shelf < POST /graphql < client');
    const through = (name: string) => `POST /graphql < POST ${name} < query Shelf < POST /graphql < client`;
    expect(ancestors('SELECT users')).toBe(`SELECT users < ${through('users')}`);
    expect(ancestors(spans.map(({ name }) => name).find((name) => name.startsWith('Query ')) ?? '')).toMatch(
      new RegExp(`^Query t_\\w+ < ${through('shows')}$`),
    );
  });

  test('has the attributes of the semantic conventions', () => {
    expect(attributesOf('POST users')).toMatchObject({
      'http.request.method': 'POST',
      'server.address': '127.0.0.1',
      'http.response.status_code': '200',
    });
    expect(attributesOf('SELECT users')).toMatchObject({
      'db.system.name': 'postgresql',
      'db.operation.name': 'SELECT',
      'db.collection.name': 'users',
      'db.query.text': expect.stringMatching(/^select .* from users/i),
    });
    expect(attributesOf('query Shelf')).toMatchObject({ 'graphql.operation.type': 'query' });
  });

  test('contains no variables and no user data', () => {
    expect(collector.text()).not.toMatch(/hunter2|dev-admin-001|example\.com/);
  });
});

describe('a live event', () => {
  test.each([['activityAdded', 'postActivity'], ...causedStreams])(
    'of %s is linked to the mutation that caused it',
    (field, mutation) => {
      const spans = collector.spans();
      const completed = spans.filter(({ name }) => name === `subscription ${field}`);
      expect(completed.map(({ parentSpanId = '' }) => parentSpanId)).toEqual(completed.map(() => ''));
      const causes = completed.flatMap(({ links = [] }) => links.map((link) => namesOfTrace(link.traceId)));
      expect(causes.length).toBeGreaterThan(0);
      expect(causes.flat()).toContain(`mutation ${mutation}`);
      for (const names of causes) expect(names).toContainEqual(expect.stringMatching(/^mutation/));
    },
  );
});

describe('the first live event', () => {
  test('does not contain the trace that it belongs to', () => {
    expect(event).toMatchObject({ data: { activityAdded: {} } });
    expect(JSON.stringify(event)).not.toMatch(/extensions|cause/);
  });
});

describe('everything that a running graph exports', () => {
  test('uses the names of the semantic conventions, or ones of its own', () => {
    const attributes = collector.spans().flatMap((span) => span.attributes.map(({ key }) => key));
    // `service` and the like distinguish series of our own metrics.
    const conventional = collector.metrics().filter(({ name }) => !name.startsWith('marquee.'));
    expect(unknownNames([...attributes, ...collector.resources().flatMap(Object.keys)])).toEqual([]);
    expect(unknownNames(conventional.map(({ name }) => name))).toEqual([]);
    expect(unknownNames(conventional.flatMap((one) => one.attributes.flatMap(Object.keys)))).toEqual([
      'outcome',
      'service',
    ]);
  });

  test('has the required attributes and units', () => {
    const { found, expected } = describeMetrics(collector.metrics());
    expect(found).toEqual(expected);
    expect(missingOfSpans(collector.spans())).toEqual({
      'HTTP server': [],
      'HTTP client': [],
      'database client': [],
      'message consumer': [],
    });
  });

  test('names the process that it comes from', () => {
    const instances = new Map(
      collector.resources().map((resource) => [resource['service.instance.id'], resource['service.name']]),
    );
    expect([...instances.values()].sort()).toEqual(['gateway', 'jobs', 'messaging', 'shows', 'users']);
  });
});

describe('the documented metrics', () => {
  test('are exactly those that a running graph exports', async () => {
    const documented = (await documentedMetrics()).map(
      ({ name, kind }) => name.replaceAll('.', '_') + (kind === 'counter' ? '_total' : ''),
    );
    const exported = [...metrics.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name);
    expect(new Set(exported.filter((name) => name !== 'target_info'))).toEqual(new Set(documented));
  });

  test('include all metrics of alarms and dashboards', async () => {
    const known = new Set((await documentedMetrics()).map(({ name }) => name));
    const used = (await sourcesOf('../../deploy/src/')).flatMap((source) => [
      ...source.matchAll(/'((?:marquee|nodejs|db\.client|http\.(?:server|client))\.(?!example')[a-z0-9_.]+)'/g),
    ]);
    expect(used.length).toBeGreaterThan(10);
    expect(used.map(([, name = '']) => name).filter((name) => !known.has(name))).toEqual([]);
  });

  test('include all metrics of the dashboard for Grafana', async () => {
    const known = new Set((await documentedMetrics()).map(({ name }) => name.replaceAll('.', '_')));
    const dashboard = await readFile(new URL('../../deploy/grafana/dashboard.json', import.meta.url), 'utf8');
    const used = [...dashboard.matchAll(/\b(?:marquee|nodejs|process|db_client|http_client)_[a-z0-9_]+/g)].map(
      ([name]) => name.replace(/_(bucket|count|sum|total)$/, ''),
    );
    expect(used.length).toBeGreaterThan(25);
    expect(used.filter((name) => !known.has(name))).toEqual([]);
  });

  test('reflect the operations of this test', () => {
    expect(value('marquee_operation_duration_count', 'graphql_operation_name="Shelf"', 'outcome="ok"')).toBe(1);
    expect(value('marquee_guard_refusals_total', 'code="BAD_USER_INPUT"')).toBe(1);
    expect(value('marquee_live_deliveries_total', 'field="activityAdded"')).toBeGreaterThan(0);
    expect(value('marquee_live_lag_count', 'field="activityAdded"')).toBeGreaterThan(0);
    expect(value('marquee_field_calls_total', 'field="User.__resolveReference"')).toBeGreaterThan(0);
    expect(value('marquee_field_calls_total', 'field="Query.show"')).toBe(1);
    expect(value('marquee_field_calls_total', 'field="User.handle"')).toBeUndefined();
    expect(value('marquee_field_errors_total', 'field="Mutation.postActivity"')).toBe(1);
  });
});

async function documentedMetrics(): Promise<{ name: string; kind: string }[]> {
  const readme = await readFile(new URL('../../chassis/README.md', import.meta.url), 'utf8');
  return [...readme.matchAll(/^\| `([a-z0-9._]+)` +\| (\w+)/gm)].map(([, name = '', kind = '']) => ({ name, kind }));
}

async function sourcesOf(folder: string): Promise<string[]> {
  const place = new URL(folder, import.meta.url);
  const names = (await readdir(place, { recursive: true })).filter((name) => name.endsWith('.ts'));
  return Promise.all(names.map((name) => readFile(new URL(name, place), 'utf8')));
}

/** The gateway first. */
async function startProcesses(): Promise<ServiceProcess[]> {
  const directory = await mkdtemp(join(tmpdir(), 'marquee-telemetry-'));
  closers.add({ close: () => rm(directory, { recursive: true, force: true }) });
  const keys = await testKeys();
  const common = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, CALLER_KEYS: keys.publicKeys, SEED: 'true' };
  const media = { MEDIA_STORAGE: 'directory', MEDIA_DIRECTORY: directory, MEDIA_UPLOAD_URL: 'http://127.0.0.1:1' };
  const randomKey = () => randomBytes(32).toString('base64');
  const MEDIA_ID_KEY = randomKey();
  const open = async (name: string, variables: Record<string, string>) =>
    closers.add(await startServiceProcess(name, variables));
  const { endpoint } = closers.add(await openEventEmulator());
  const events = (name: string) =>
    emulatedEventVariables(
      subgraphs.find((one) => one.name === name)!,
      endpoint,
      'test',
    );
  const [users, shows, messaging, jobs] = await Promise.all([
    open('users', { ...common, ...freshSchema(), ...media, ...events('users'), MEDIA_ID_KEY }),
    open('shows', { ...common, ...freshTable() }),
    open('messaging', { ...common, ...freshTable(), ...events('messaging') }),
    open('jobs', { ...common, ...freshSchema(), ...events('jobs'), MEDIA_ID_KEY, WEBHOOK_KEYS: randomKey() }),
  ]);
  const gateway = await open('gateway', {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    SUPERGRAPH: schemaFile('supergraph').pathname,
    ENTITY_CACHE: 'shows',
    SUBGRAPH_URLS: JSON.stringify(urlsOf({ users, shows, messaging, jobs })),
    CALLER_SIGNING_KEY: keys.privateKey,
    DEV_IDENTITY: 'true',
  });
  return [gateway, users, shows, messaging, jobs];
}

function urlsOf(services: Record<string, ServiceProcess>): Record<string, string> {
  return Object.fromEntries(Object.entries(services).map(([name, { url }]) => [name, `${url}/graphql`]));
}

async function generateTraffic(url: string): Promise<void> {
  const variables = { slug: 'show/hunter2', handle: 'hunter2' };
  await post(url, shelf, variables, { traceparent: `00-${traceId}-${clientSpan}-01` });
  await post(url, '{ nonsense }');
  const subscription = subscribe({ url, query: 'subscription { activityAdded { message author { handle } } }' });
  const first = subscription.next();
  const headers = { 'x-dev-user-id': 'dev-freelancer-001' };
  const postActivity = (message: string) =>
    post(
      url,
      'mutation postActivity($input: PostActivityInput!) { postActivity(input: $input) { __typename } }',
      { input: { message } },
      headers,
    );
  await postActivity('x'.repeat(1_000));
  // Subscriptions are not acknowledged, so the test posts until an event arrives.
  const received = first.then(() => true);
  do await postActivity('hunter2');
  while (!(await Promise.race([received, wait(500, false)])));
  event = await first;
  await subscription.unsubscribe();
}

/** Messaging reacts to the deletion of an account. */
async function deletePerson(url: string): Promise<void> {
  const headers = { 'x-dev-user-id': 'dev-freelancer-002' };
  await post(url, 'mutation { deleteMyAccount(input: {}) { __typename } }', {}, headers);
}

/** The names of the spans of a trace. */
function namesOfTrace(id: string): string[] {
  return collector.spans().flatMap(({ traceId: of, name }) => (of === id ? [name] : []));
}

function spansOfTrace(): Span[] {
  return collector.spans().filter((span) => span.traceId === traceId);
}

/** The names of a span and its ancestors. */
function ancestors(bottom: string): string {
  const spans = spansOfTrace();
  const chain: string[] = [];
  let span = spans.find(({ name }) => name === bottom);
  while (span) {
    const { name, parentSpanId } = span;
    chain.push(name);
    if (parentSpanId === clientSpan) chain.push('client');
    span = spans.find(({ spanId }) => spanId === parentSpanId);
  }
  return chain.join(' < ');
}

function attributesOf(name: string): Record<string, string> {
  const { attributes = [] } = spansOfTrace().find((span) => span.name === name) ?? {};
  return Object.fromEntries(attributes.map(({ key, value: typed }) => [key, String(Object.values(typed)[0])]));
}

/** The value of the line that has these labels. */
function value(name: string, ...labels: string[]): number | undefined {
  const lines = metrics.split('\n').filter((line) => line.startsWith(`${name}{`));
  const line = lines.find((one) => labels.every((label) => one.includes(label)));
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
}
