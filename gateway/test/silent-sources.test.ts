import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { openLog } from '@marquee/chassis/telemetry/log';
import { type RunningService, start } from '@marquee/chassis/process/run-service';
import { missingRedisReason, openRedisServer } from '@marquee/testkit/redis-server';
import { openTcpProxy, type TcpProxy } from '@marquee/testkit/tcp-proxy';
import { post } from '@marquee/testkit/test-service';
import { TokenVerifier } from '../src/identity/token-verifier.js';
import { service } from '../src/service.js';
import { gatewayEnvironment } from './fixtures/gateway.js';
import { openIssuer } from './fixtures/issuer.js';
import { openS3Server } from './fixtures/s3-server.js';
import { openPosts, openUsers, supergraphFile } from './fixtures/sample-graph.js';
import type { Subgraph } from './fixtures/test-subgraph.js';

jest.setTimeout(60_000);

const silentLog = openLog('gateway', 'test', 'silent');
const missing = missingRedisReason();
const describeWithRedis = missing ? describe.skip : describe;

/** How long a source is away, and how soon afterwards it is used again, in milliseconds. */
const silenceMs = 6_000;
const recoveryMs = 5_000;

let users: Subgraph;
let posts: Subgraph;
beforeAll(async () => {
  [users, posts] = await Promise.all([openUsers(), openPosts()]);
});
afterAll(() => Promise.all([users.close(), posts.close()]));

describeWithRedis(`a store that is silent for 6 s${missing ? ` (skipped: ${missing})` : ''}`, () => {
  test.concurrent('Redis with the rate limits: no request fails, and only those in flight wait a moment', async () => {
    const redis = await openRedisServer();
    const proxy = await openTcpProxy(redis.url);
    const environment = await gatewayEnvironment(await supergraphFile([users]));
    const limits = { RATE_PER_ADDRESS: '1000', RATE_COST_PER_ADDRESS: '1000000', ENTITY_CACHE: 'users' };
    const gateway = await start(service, { ...environment, ...limits, REDIS_URL: proxy.url });
    await wait(500);
    const answers = await duringSilence(proxy, () => post(`${gateway.url}/graphql`, '{ caller }'));
    expect(answers.flatMap(({ answer }) => answer.errors)).toEqual([]);
    // 250 ms on an idle machine; the connection is replaced after 3.5 s.
    expect(Math.max(...answers.map(({ took }) => took))).toBeLessThan(2_000);
    expect(answers.filter(({ took }) => took > 200).length).toBeLessThanOrEqual(answers.length / 10);
    await gateway.close();
    proxy.close();
    await redis.close();
  });
});

describe('a source that is silent for 6 s', () => {
  test.concurrent('the issuer: tokens of known keys are valid, others get 503 until it is back', async () => {
    const issuer = await openIssuer();
    const proxy = await openTcpProxy(issuer.url);
    const verifier = () =>
      new TokenVerifier({
        issuer: issuer.url,
        clientIds: [issuer.clientId],
        jwksUri: `${proxy.url}/.well-known/jwks.json`,
        log: silentLog,
      });
    const [known, fresh] = [verifier(), verifier()];
    await known.verify(await issuer.userToken('ada'));
    const answers = await duringSilence(proxy, async () => {
      await known.verify(await issuer.userToken('bob'));
      return fresh.verify(await issuer.userToken('cleo')).then(() => 200, statusOf);
    });
    expect(new Set(answers.map(({ answer }) => answer))).toEqual(new Set([503]));
    expect(Math.max(...answers.map(({ took }) => took))).toBeLessThan(5_000);
    const token = await issuer.userToken('dan');
    expect(
      await isSoon(() =>
        fresh.verify(token).then(
          () => true,
          () => false,
        ),
      ),
    ).toBe(true);
    known.close();
    fresh.close();
    proxy.close();
    await issuer.close();
  });

  test.concurrent('the issuer: a connection that is reset is replaced without an error', async () => {
    const issuer = await openIssuer();
    const proxy = await openTcpProxy(issuer.url);
    const jwksUri = `${proxy.url}/.well-known/jwks.json`;
    let clock = Date.now();
    const options = { issuer: issuer.url, clientIds: [issuer.clientId], jwksUri, log: silentLog, now: () => clock };
    const verifier = new TokenVerifier(options);
    await verifier.verify(await issuer.userToken('ada'));
    proxy.reset();
    clock += 70_000;
    const unknown = await issuer.userToken('eve', {}, { kid: 'unknown' });
    expect(await verifier.verify(unknown).catch(statusOf)).toBe(401);
    verifier.close();
    proxy.close();
    await issuer.close();
  });

  test.concurrent(
    'the bucket of the supergraph: the loaded one is served, and a new one soon after its return',
    async () => {
      const bucket = await openS3Server();
      const proxy = await openTcpProxy(bucket.url);
      bucket.objects.set('/graphs/live', await readFile(await supergraphFile([users]), 'utf8'));
      const gateway = await openOverS3(proxy);
      const answers = await duringSilence(proxy, () => post(`${gateway.url}/graphql`, '{ caller }'));
      expect(answers.flatMap(({ answer }) => answer.errors)).toEqual([]);
      bucket.objects.set('/graphs/live', await readFile(await supergraphFile([users, posts]), 'utf8'));
      const isLoaded = async () => (await post(`${gateway.url}/graphql`, '{ posts { title } }')).status === 200;
      expect(await isSoon(isLoaded)).toBe(true);
      await gateway.close();
      proxy.close();
      bucket.close();
    },
  );
});

async function openOverS3(proxy: TcpProxy): Promise<RunningService> {
  const environment = await gatewayEnvironment('s3://graphs/live');
  const s3 = { AWS_REGION: 'eu-west-1', S3_ENDPOINT: proxy.url, SUPERGRAPH_POLL_SECONDS: '0.1' };
  return start(service, { ...environment, ...s3 });
}

/** Makes calls one after the other until the silence ends. */
async function duringSilence<Answer>(proxy: TcpProxy, call: () => Promise<Answer>) {
  const answers: { answer: Answer; took: number }[] = [];
  proxy.swallow();
  for (const until = performance.now() + silenceMs; performance.now() < until; await wait(20)) {
    const startedAt = performance.now();
    answers.push({ answer: await call(), took: performance.now() - startedAt });
  }
  proxy.forward();
  return answers;
}

/** Whether it happens within 5 s, and a second more for a busy machine. */
async function isSoon(isDone: () => Promise<boolean>): Promise<boolean> {
  const startedAt = performance.now();
  const isLate = () => performance.now() - startedAt > recoveryMs + 1_000;
  while (!(await isDone()) && !isLate()) await wait(20);
  return !isLate();
}

function statusOf(error: { extensions: { http: { status: number } } }): number {
  return error.extensions.http.status;
}
