import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type RunningService, start } from '@marquee/chassis/process/run-service';
import { observedValue } from '@marquee/chassis/telemetry/instruments';
import { post } from '@marquee/testkit/test-service';
import { pino } from 'pino';
import { service } from '../src/service.js';
import { fileSource } from '../src/supergraph/file-source.js';
import { SupergraphWatcher } from '../src/supergraph/supergraph-watcher.js';
import { gatewayEnvironment } from './fixtures/gateway.js';
import { openS3Server, type S3Server } from './fixtures/s3-server.js';
import { openPosts, openUsers, supergraphFile, textFile } from './fixtures/sample-graph.js';
import { openSubgraph, type Subgraph } from './fixtures/test-subgraph.js';

let subgraphs: Subgraph[];
/** A supergraph with the field `extra`, one without, and one that cannot be served. */
let [extended, basic, broken] = ['', '', ''];

beforeAll(async () => {
  const extras = openSubgraph({
    name: 'extras',
    sdl: 'type Query { extra: String }',
    resolvers: { Query: { extra: () => 'extra' } },
  });
  subgraphs = await Promise.all([openUsers(), openPosts(), extras]);
  basic = await readFile(await supergraphFile(subgraphs.slice(0, 2)), 'utf8');
  extended = await readFile(await supergraphFile(subgraphs), 'utf8');
  broken = extended.slice(0, extended.length / 2);
});
afterAll(() => Promise.all(subgraphs.map((subgraph) => subgraph.close())));

describe('a gateway that starts while the newest supergraph in its file is broken', () => {
  let file: string;
  beforeEach(async () => {
    file = await textFile('supergraph.graphql', basic);
  });

  test('serves the one that was served last, also when that was loaded by a reload', async () => {
    const first = await opened({ SUPERGRAPH: file });
    await writeFile(file, extended);
    await untilExtended(first, true);
    await writeFile(file, broken);
    await untilOutdated(1);
    await untilExtended(first, true);
    await first.close();
    const second = await opened({ SUPERGRAPH: file });
    expect(await hasExtra(second)).toBe(true);
    expect(outdated().value).toBe(1);
    await second.close();
  });

  test('takes the newest one as soon as it is good', async () => {
    await (await opened({ SUPERGRAPH: file })).close();
    await writeFile(file, broken);
    const running = await opened({ SUPERGRAPH: file });
    expect(await hasExtra(running)).toBe(false);
    await writeFile(file, extended);
    await untilExtended(running, true);
    await untilOutdated(0);
    await running.close();
  });

  test('serves the last one if the file is missing, and the contract of partners in the same way', async () => {
    const partner = await textFile('partner.graphql', extended);
    await (await opened({ SUPERGRAPH: file, PARTNER_SUPERGRAPH: partner })).close();
    await rm(file);
    await writeFile(partner, broken);
    const running = await opened({ SUPERGRAPH: file, PARTNER_SUPERGRAPH: partner });
    expect(await hasExtra(running)).toBe(false);
    expect(outdated('PARTNER_SUPERGRAPH').value).toBe(1);
    await running.close();
  });

  test('logs which one is newest and which one is served, with the reason', async () => {
    const lines: string[] = [];
    const log = pino({}, { write: (line) => void lines.push(line) });
    const load = async (sdl: string) => {
      if (sdl === broken) throw new Error('half of it is missing');
    };
    const watcher = () =>
      new SupergraphWatcher({
        source: fileSource({ variable: 'SUPERGRAPH', address: file }),
        pollSeconds: 60,
        log: log,
      });
    await watcher().load({ load });
    await writeFile(file, broken);
    await watcher().load({ load });
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      {
        level: 50,
        supergraph: file,
        served: `${file}.last-good`,
        err: { message: expect.stringMatching(/half of it/) },
      },
    ]);
  });

  test('does not start if none was served before', async () => {
    await writeFile(file, broken);
    await expect(opened({ SUPERGRAPH: file })).rejects.toThrow(/is not a supergraph that can be served/);
  });
});

describe('a gateway that starts while the newest supergraph in S3 is broken', () => {
  const path = '/graphs/live/supergraph.graphql';
  let bucket: S3Server;
  beforeEach(async () => {
    bucket = await openS3Server();
    bucket.objects.set(path, broken);
  });
  afterEach(() => bucket.close());

  test('serves the latest version of the object that it can, and the newest one as soon as it is good', async () => {
    bucket.earlier.set(path, ['type Query { a: Int }', basic, extended]);
    const running = await openedOverS3();
    expect(await hasExtra(running)).toBe(false);
    expect(outdated().value).toBe(1);
    bucket.objects.set(path, extended);
    await untilExtended(running, true);
    await untilOutdated(0);
    await running.close();
  });

  test('serves an earlier version of an object that was deleted', async () => {
    bucket.objects.delete(path);
    bucket.earlier.set(path, [extended]);
    const running = await openedOverS3();
    expect(await hasExtra(running)).toBe(true);
    await running.close();
  });

  test.each(['has no earlier versions', 'does not list them'])('does not start if the bucket %s', async (how) => {
    bucket.isDenying = how === 'does not list them';
    await expect(openedOverS3()).rejects.toThrow(/SUPERGRAPH: (cannot read|".*" is not a supergraph)/);
  });

  function openedOverS3(): Promise<RunningService> {
    return opened({ SUPERGRAPH: `s3:/${path}`, AWS_REGION: 'eu-west-1', S3_ENDPOINT: bucket.url });
  }
});

async function opened(variables: Record<string, string>): Promise<RunningService> {
  const environment = await gatewayEnvironment('');
  return start(service, { ...environment, SUPERGRAPH_POLL_SECONDS: '0.03', ...variables });
}

async function hasExtra({ url }: RunningService): Promise<boolean> {
  return (await post(`${url}/graphql`, '{ extra }')).status === 200;
}

async function untilExtended(running: RunningService, isExtended: boolean): Promise<void> {
  while ((await hasExtra(running)) !== isExtended) await wait(10);
}

function outdated(variable = 'SUPERGRAPH') {
  return observedValue('marquee.supergraph.outdated', { variable }, { kind: 'gauge' });
}

async function untilOutdated(value: number): Promise<void> {
  while (outdated().value !== value) await wait(10);
}
