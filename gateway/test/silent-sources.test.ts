import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
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

const silentLog = openLog('gateway', 'test', 'silent');
const missing = missingRedisReason();
const describeWithRedis = missing ? describe.skip : describe;

/** How long a source is away, in milliseconds. */
const silenceMs = 6_000;

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
    const ask = () => post(`${gateway.url}/graphql`, '{ caller }');
    while (!(await redis.command('KEYS *rate:*')).includes('rate:')) await ask();
    const before = proxy.sentBytes();
    await ask();
    const bytesPerRequest = proxy.sentBytes() - before;
    const answers = await duringSilence(proxy, ask);
    expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
    // Requests wait for Redis until one has waited in vain, and the connections are replaced several times.
    expect(proxy.sentBytes() - before).toBeLessThan(Math.max(10, answers.length / 4) * bytesPerRequest);
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
    expect(new Set(answers)).toEqual(new Set([503]));
    const token = await issuer.userToken('dan');
    const isVerified = () =>
      fresh.verify(token).then(
        () => true,
        () => false,
      );
    while (!(await isVerified())) await wait(20);
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
      expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
      bucket.objects.set('/graphs/live', await readFile(await supergraphFile([users, posts]), 'utf8'));
      const isLoaded = async () => (await post(`${gateway.url}/graphql`, '{ posts { title } }')).status === 200;
      while (!(await isLoaded())) await wait(20);
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
  const answers: Answer[] = [];
  proxy.swallow();
  for (const until = performance.now() + silenceMs; performance.now() < until; await wait(20))
    answers.push(await call());
  proxy.forward();
  return answers;
}

function statusOf(error: { extensions: { http: { status: number } } }): number {
  return error.extensions.http.status;
}
