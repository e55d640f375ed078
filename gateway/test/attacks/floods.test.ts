import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { churn, idleConnections, slowBodies, slowHeaders } from '@marquee/testkit/floods/connection-floods';
import { gzipBombs, largeBodies, unknownKeys } from '@marquee/testkit/floods/request-floods';
import { messages, operations, oversizedMessages, pings } from '@marquee/testkit/floods/socket-floods';
import { endAfter, type Flood } from '@marquee/testkit/floods/flood';
import { openFriends } from '../fixtures/friends-subgraph.js';
import { gatewayEnvironment } from '../fixtures/gateway.js';
import { supergraphFile } from '../fixtures/sample-graph.js';
import { type Issuer, openIssuer } from '../fixtures/issuer.js';
import { type GatewayProcess, startGatewayProcess } from '../fixtures/gateway-process.js';
import { post } from '../fixtures/transport-clients.js';
import type { Subgraph } from '../fixtures/test-subgraph.js';

// A short version of `npm run bench floods`, which also measures the latency of other clients. It needs further loopback
// addresses and the memory of a process, which only Linux has.
const onLinux = process.platform === 'linux' ? describe : describe.skip;

/** Further outcomes of a connection on a machine that is too busy to write or to read in time. */
const overloadOutcomes = ['held', '408', 'cut'];

/** Milliseconds after which a flood ends without its expected outcome. */
const maxFloodMs = 120_000;

/** MB by which the memory may grow: pages that are freed and not returned to the system. */
const maxGrowth = 64;

let crowd: Subgraph;
let issuer: Issuer;
let gateway: GatewayProcess;

beforeAll(async () => {
  [crowd, issuer] = await Promise.all([openFriends(), openIssuer()]);
  gateway = await startGatewayProcess({
    ...(await gatewayEnvironment(await supergraphFile([crowd]))),
    LOG_LEVEL: 'info',
    COGNITO_ISSUER: issuer.url,
    COGNITO_CLIENT_IDS: issuer.clientId,
    RATE_PER_ADDRESS: '200',
    CONNECTIONS_PER_ADDRESS: '100',
    HEADERS_TIMEOUT_SECONDS: '1',
    REQUEST_TIMEOUT_SECONDS: '1.5',
    LIVE_MESSAGES_PER_SECOND: '5',
  });
});

afterAll(async () => {
  await gateway.close();
  await Promise.all([crowd.close(), issuer.close()]);
});

/** Floods with their expected and their possible outcomes. The floods of a group run together, from different addresses. */
const groups: [name: string, flood: Flood, size: number, expected: string[], possible: string[]][][] = [
  [
    ['idle connections', idleConnections, 400, ['408', '429'], []],
    ['short connections', churn, 10, ['cut'], ['429']],
    ['slow headers', slowHeaders, 200, ['408', '429'], []],
    ['slow bodies', slowBodies, 200, ['408', '429'], []],
  ],
  [
    ['compressed bodies of 10 MB', gzipBombs, 4, ['415'], ['429']],
    ['bodies of 10 MB', largeBodies, 2, ['413'], ['429']],
    ['tokens with unknown keys', keys, 10, ['401'], ['429']],
  ],
  [
    ['pings over sockets', pings, 4, [], ['4429', '429']],
    ['messages over sockets', messages, 4, ['4429'], ['429']],
    ['messages over the size limit', oversizedMessages, 4, ['1009'], ['429']],
    ['operations over sockets', operations, 4, ['4429'], ['429']],
  ],
];

onLinux('under floods', () => {
  test('rejects each flood as documented, serves other clients, and releases memory', async () => {
    const [before, startedAt] = [await gateway.memory(), performance.now()];
    for (const group of groups) {
      const end = endAfter(maxFloodMs);
      const missing = new Set(group.flatMap(([name, , , expected]) => expected.map((outcome) => `${name} ${outcome}`)));
      const flooding = group.map(([name, flood, size], index) => {
        const note = (outcome: string) => missing.delete(`${name} ${outcome}`) && missing.size === 0 && end.now();
        return flood({ url: `${gateway.url}/graphql`, from: [`127.0.0.${index + 2}`], signal: end.signal, note }, size);
      });
      expect(await queryUntil(end.signal)).toEqual(new Set(['1']));
      expect([...missing]).toEqual([]);
      for (const [index, [name, , , expected, possible]] of group.entries()) {
        const known = new Set([...expected, ...possible, ...overloadOutcomes]);
        const unexpected = Object.keys((await flooding[index]) ?? {}).filter((outcome) => !known.has(outcome));
        expect([name, unexpected]).toEqual([name, []]);
      }
    }
    expect(issuer.fetches).toBeGreaterThan(0);
    expect(issuer.fetches).toBeLessThanOrEqual(1 + (performance.now() - startedAt) / 60_000);
    while ((await gateway.memory()) - before >= maxGrowth) await wait(100);
  }, 600_000);
});

function keys(...[target, size]: Parameters<Flood>): ReturnType<Flood> {
  return unknownKeys({ issuer: issuer.url, clientId: issuer.clientId })(target, size);
}

/** The distinct results of the same query until the signal. */
async function queryUntil(signal: AbortSignal): Promise<Set<unknown>> {
  const results = new Set<unknown>();
  while (!signal.aborted) {
    const { data } = await post(gateway.url, { query: '{ person { id } }' });
    results.add((data as { person: { id: string } }).person.id);
    await wait(20);
  }
  return results;
}
