import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SettingsError } from '@marquee/chassis/config/settings';
import { start } from '@marquee/chassis/process/run-service';
import { createInProcessPlanner } from '../src/engine/planner/in-process-planner.js';
import { service } from '../src/service.js';
import { gatewayEnvironment, openGateway } from './fixtures/gateway.js';
import { openPosts, openUsers, supergraphFile, textFile } from './fixtures/sample-graph.js';
import { openSubgraph, type Subgraph } from './fixtures/test-subgraph.js';

let [users, posts, extras]: Subgraph[] = [];
let [basic, extended, withConnectors] = ['', '', ''];

beforeAll(async () => {
  [users, posts] = await Promise.all([openUsers(), openPosts()]);
  extras = await openSubgraph({
    name: 'extras',
    sdl: 'type Query { extra: String }',
    resolvers: { Query: { extra: () => 'extra' } },
  });
  basic = await textOf([users, posts]);
  extended = await textOf([users, posts, extras]);
  withConnectors = await textOf([users, posts, { ...extras, sdl: connectorSdl }]);
});

afterAll(() => Promise.all([users?.close(), posts?.close(), extras?.close()]));

const connectorSdl = `
  extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key"])
    @link(url: "https://specs.apollo.dev/connect/v0.2", import: ["@connect", "@source"])
    @source(name: "rest", http: { baseURL: "http://127.0.0.1:9" })
  type Query { extra: String @connect(source: "rest", http: { GET: "/extra" }, selection: "$") }`;

const refusal =
  'the feature connect v0.2 (https://specs.apollo.dev/connect/v0.2) in the subgraph "extras" is not supported';

test('a gateway does not start with a supergraph with connectors, and names feature, version and subgraph', async () => {
  const file = await textFile('supergraph.graphql', withConnectors);
  const starting = start(service, await gatewayEnvironment(file));
  await expect(starting).rejects.toThrow(SettingsError);
  await expect(starting).rejects.toThrow(`SUPERGRAPH: "${file}" is not a supergraph that can be served: ${refusal}`);
});

test('a supergraph with connectors is rejected at a reload; the loaded one stays in use', async () => {
  const file = await textFile('supergraph.graphql', basic);
  const gateway = await openGateway([users!], { SUPERGRAPH: file, SUPERGRAPH_POLL_SECONDS: '0.03' });
  try {
    await writeFile(file, withConnectors);
    await wait(300);
    expect(await gateway.query('{ posts { title } }')).toMatchObject({ status: 200, errors: [] });
    expect((await gateway.query('{ extra }')).status).toBe(400);
    await writeFile(file, extended);
    while ((await gateway.query('{ extra }')).status !== 200) await wait(20);
  } finally {
    await gateway.close();
  }
});

test('a supergraph with a feature for security that is unknown is refused', () => {
  const sdl = basic.replace(/^schema\n/m, 'schema\n  @link(url: "https://a.test/vault/v1.0", for: SECURITY)\n');
  expect(() => createInProcessPlanner(sdl)).toThrow('the feature vault v1.0 (https://a.test/vault/v1.0)');
});

async function textOf(subgraphs: Pick<Subgraph, 'name' | 'url' | 'sdl'>[]): Promise<string> {
  return readFile(await supergraphFile(subgraphs), 'utf8');
}
