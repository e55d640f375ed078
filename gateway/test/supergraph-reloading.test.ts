import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { start } from '@marquee/chassis/process/run-service';
import { post } from '@marquee/testkit/test-service';
import { buildASTSchema, lexicographicSortSchema, parse, printSchema, validateSchema } from 'graphql';
import { buildSchemaInSlices, sliceSdl } from '../src/engine/planner/schema-slices.js';
import { service } from '../src/service.js';
import { openS3Server } from './fixtures/s3-server.js';
import { type Gateway, gatewayEnvironment, openGateway } from './fixtures/gateway.js';
import { openPosts, openUsers, supergraphFile } from './fixtures/sample-graph.js';
import { openSubgraph, type Subgraph } from './fixtures/test-subgraph.js';

const postsWithAuthors = '{ posts { title author { name } } }';
const poll = { SUPERGRAPH_POLL_SECONDS: '0.03' };

let users: Subgraph;
let posts: Subgraph;
let extras: Subgraph;
/** A supergraph with the extras subgraph, and one without. */
let [extended, basic] = ['', ''];

beforeAll(async () => {
  [users, posts] = await Promise.all([openUsers(), openPosts()]);
  extras = await openSubgraph({
    name: 'extras',
    sdl: 'type Query { extra: String } type User @key(fields: "id") { id: ID! shoeSize: Int }',
    resolvers: { Query: { extra: () => 'extra' } },
  });
  basic = await textOf([users, posts]);
  extended = await textOf([users, posts, extras]);
});

afterAll(() => Promise.all([users.close(), posts.close(), extras.close()]));

test('builds the same schema in slices as in one go', async () => {
  const smallSdl = 'type Query { a: Int } type Subscription { b: Int } directive @mark on OBJECT';
  for (const sdl of [extended, smallSdl]) {
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

  test('is reloaded again and again under load without a failed request, and broken versions are rejected', async () => {
    const load = startLoad();
    // The threads that load a supergraph have a low priority: on a busy machine each time may take many seconds.
    const until = performance.now() + 60_000;
    for (let round = 0; round < 4 || (round < 10 && performance.now() < until); round += 1) {
      await put(extended, true);
      if (round % 4 === 3) await putBroken();
      await put(basic, false);
    }
    const { count, failed } = await load.stop();
    expect(failed).toEqual([]);
    expect(count).toBeGreaterThan(20);
  }, 600_000);

  test('finishes requests in flight with the schema that they started with', async () => {
    await put(extended, true);
    const { requestCount } = extras;
    extras.nextBehaviors = [{ delayMs: 1_500 }];
    const slow = gateway.query('{ extra posts { title } }');
    while (extras.requestCount === requestCount) await wait(5);
    await put(basic, false);
    expect(await slow).toMatchObject({ data: { extra: 'extra', posts: [{ title: 'Post 1' }, {}, {}] }, errors: [] });
    expect((await gateway.query('{ extra }')).status).toBe(400);
  });

  async function put(sdl: string, hasExtras: boolean): Promise<void> {
    await writeFile(file, sdl);
    while (((await gateway.query('{ extra }')).status === 200) !== hasExtras) await wait(10);
  }

  async function putBroken(): Promise<void> {
    await writeFile(file, extended.slice(0, extended.length / 2));
    await wait(300);
    expect((await gateway.query('{ extra }')).status).toBe(200);
  }

  /** Two clients that query fields of both supergraphs in a loop; every third document is new. */
  function startLoad() {
    let [isRunning, count] = [true, 0];
    const failed: unknown[] = [];
    const clients = Promise.all([1, 2].map((client) => run(client)));
    return {
      async stop() {
        isRunning = false;
        await clients;
        return { count, failed };
      },
    };

    async function run(client: number): Promise<void> {
      while (isRunning) {
        count += 1;
        const { errors } = await gateway.query(
          count % 3 === 0 ? `{ posts { a${client}x${count}: title } }` : postsWithAuthors,
        );
        failed.push(...errors);
        await wait(10);
      }
    }
  }
});

test('reloads a supergraph from S3 when its ETag changes', async () => {
  const bucket = await openS3Server();
  bucket.objects.set('/graphs/live/supergraph.graphql', basic);
  const SUPERGRAPH = 's3://graphs/live/supergraph.graphql';
  const environment = { ...(await gatewayEnvironment(SUPERGRAPH)), ...poll };
  const running = await start(service, { ...environment, AWS_REGION: 'eu-west-1', S3_ENDPOINT: bucket.url });
  const query = (document: string) => post(`${running.url}/graphql`, document);
  while (!bucket.statuses.includes(304)) await wait(10);
  expect(bucket.statuses.filter((status) => status === 200)).toHaveLength(1);
  bucket.objects.set('/graphs/live/supergraph.graphql', extended);
  while ((await query('{ extra }')).status !== 200) await wait(10);
  expect(bucket.statuses.filter((status) => status === 200)).toHaveLength(2);
  bucket.isDenying = true;
  while (!bucket.statuses.includes(403)) await wait(10);
  expect((await query('{ extra }')).data).toEqual({ extra: 'extra' });
  await running.close();
  bucket.close();
});

test('names the S3 object if it does not exist', async () => {
  const bucket = await openS3Server();
  const environment = await gatewayEnvironment('s3://graphs/none');
  const starting = start(service, { ...environment, AWS_REGION: 'eu-west-1', S3_ENDPOINT: bucket.url });
  await expect(starting).rejects.toThrow('SUPERGRAPH: cannot read "s3://graphs/none"');
  bucket.close();
});

async function textOf(subgraphs: Subgraph[]): Promise<string> {
  return readFile(await supergraphFile(subgraphs), 'utf8');
}
