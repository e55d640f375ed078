import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { start } from '@marquee/chassis/process/run-service';
import { post } from '@marquee/testkit/test-service';
import { buildASTSchema, lexicographicSortSchema, parse, printSchema, validateSchema } from 'graphql';
import { buildSchemaInSlices, sliceSdl } from '../src/engine/planner/schema-slices.js';
import { service } from '../src/service.js';
import { openBucket } from './fixtures/s3-server.js';
import { type Gateway, gatewayEnvironment, openGateway } from './fixtures/gateway.js';
import { openPosts, openUsers, supergraphFile } from './fixtures/sample-graph.js';
import { openSubgraph, type Subgraph } from './fixtures/test-subgraph.js';

jest.setTimeout(60_000);

const feed = '{ posts { title author { name } } }';
const poll = { SUPERGRAPH_POLL_SECONDS: '0.03' };

let users: Subgraph;
let posts: Subgraph;
let extras: Subgraph;
/** A supergraph with the service of extras, and one without. */
let [rich, plain] = ['', ''];

beforeAll(async () => {
  [users, posts] = await Promise.all([openUsers(), openPosts()]);
  extras = await openSubgraph({
    name: 'extras',
    sdl: 'type Query { extra: String } type User @key(fields: "id") { id: ID! shoeSize: Int }',
    resolvers: { Query: { extra: () => 'extra' } },
  });
  plain = await textOf([users, posts]);
  rich = await textOf([users, posts, extras]);
});

afterAll(() => Promise.all([users.close(), posts.close(), extras.close()]));

test('a schema that is built in slices is the one that is built at once', async () => {
  const plainSchema = 'type Query { a: Int } type Subscription { b: Int } directive @mark on OBJECT';
  for (const sdl of [rich, plainSchema]) {
    const slices = sliceSdl(sdl);
    const [sliced, whole] = [await buildSchemaInSlices(slices), buildASTSchema(parse(sdl), { assumeValidSDL: true })];
    expect(printSchema(lexicographicSortSchema(sliced))).toBe(printSchema(lexicographicSortSchema(whole)));
    expect(sliced.getSubscriptionType()?.name).toBe(whole.getSubscriptionType()?.name);
    expect(validateSchema(sliced)).toEqual([]);
  }
});

describe('a supergraph in a file', () => {
  let gateway: Gateway;
  let file: string;

  beforeAll(async () => {
    file = await supergraphFile([users, posts]);
    gateway = await openGateway([users], { SUPERGRAPH: file, ...poll });
  });

  afterAll(() => gateway.close());

  test('is loaded twenty times under load: fields come and go, broken ones are refused, no request fails', async () => {
    const load = startLoad();
    for (let round = 0; round < 10; round += 1) {
      await put(rich, true);
      if (round % 4 === 3) await putBroken();
      await put(plain, false);
    }
    const { asked, failed } = await load.stop();
    expect(failed).toEqual([]);
    expect(asked).toBeGreaterThan(20);
  });

  test('lets a request finish on the graph that it began with', async () => {
    await put(rich, true);
    const { requestCount } = extras;
    extras.nextBehaviors = [{ late: 1_500 }];
    const slow = gateway.query('{ extra posts { title } }');
    while (extras.requestCount === requestCount) await wait(5);
    await put(plain, false);
    expect(await slow).toMatchObject({ data: { extra: 'extra', posts: [{ title: 'Post 1' }, {}, {}] }, errors: [] });
    expect((await gateway.query('{ extra }')).status).toBe(400);
  });

  async function put(sdl: string, hasExtras: boolean): Promise<void> {
    await writeFile(file, sdl);
    while (((await gateway.query('{ extra }')).status === 200) !== hasExtras) await wait(10);
  }

  async function putBroken(): Promise<void> {
    await writeFile(file, rich.slice(0, rich.length / 2));
    await wait(300);
    expect((await gateway.query('{ extra }')).status).toBe(200);
  }

  /** Clients that ask again and again for what every graph has, also by documents that are new each time. */
  function startLoad() {
    let [going, asked] = [true, 0];
    const failed: unknown[] = [];
    const clients = Promise.all([1, 2].map((client) => run(client)));
    return {
      async stop() {
        going = false;
        await clients;
        return { asked, failed };
      },
    };

    async function run(client: number): Promise<void> {
      while (going) {
        asked += 1;
        const { errors } = await gateway.query(asked % 3 === 0 ? `{ posts { a${client}x${asked}: title } }` : feed);
        failed.push(...errors);
        await wait(10);
      }
    }
  }
});

test('a supergraph in a bucket is read again when its ETag is another', async () => {
  const bucket = await openBucket();
  bucket.objects.set('/graphs/live/supergraph.graphql', plain);
  const SUPERGRAPH = 's3://graphs/live/supergraph.graphql';
  const environment = { ...(await gatewayEnvironment(SUPERGRAPH)), ...poll };
  const running = await start(service, { ...environment, AWS_REGION: 'eu-west-1', S3_ENDPOINT: bucket.url });
  const ask = (query: string) => post(`${running.url}/graphql`, query);
  while (!bucket.answered.includes(304)) await wait(10);
  expect(bucket.answered.filter((status) => status === 200)).toHaveLength(1);
  bucket.objects.set('/graphs/live/supergraph.graphql', rich);
  while ((await ask('{ extra }')).status !== 200) await wait(10);
  expect(bucket.answered.filter((status) => status === 200)).toHaveLength(2);
  bucket.denies = true;
  while (!bucket.answered.includes(403)) await wait(10);
  expect((await ask('{ extra }')).data).toEqual({ extra: 'extra' });
  await running.close();
  bucket.close();
});

test('a bucket without a supergraph is told by its name', async () => {
  const bucket = await openBucket();
  const environment = await gatewayEnvironment('s3://graphs/none');
  const starting = start(service, { ...environment, AWS_REGION: 'eu-west-1', S3_ENDPOINT: bucket.url });
  await expect(starting).rejects.toThrow('SUPERGRAPH: cannot read "s3://graphs/none"');
  bucket.close();
});

async function textOf(subgraphs: Subgraph[]): Promise<string> {
  return readFile(await supergraphFile(subgraphs), 'utf8');
}
