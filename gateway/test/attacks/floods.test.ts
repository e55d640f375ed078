import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
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

jest.setTimeout(120_000);

// The short form; `npm run bench floods` has the long one, and measures how fast others are answered.
// It needs a second address of this machine, and its memory, as only Linux has them.
const onLinux = process.platform === 'linux' ? describe : describe.skip;

/** What may become of a connection on a machine that is too busy to write or to read in time. */
const slow = ['held', '408', 'cut'];

/** Milliseconds until a flood ends that is not met as it should be. */
const longest = 20_000;

/** MB that may stay after all of them: pages that are freed and not given back. */
const left = 64;

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

/** What each is answered with, and may be besides; in groups that come at the same time, each from its own address. */
const groups: [name: string, flood: Flood, size: number, met: string[], others: string[]][][] = [
  [
    ['connections that say nothing', idleConnections, 400, ['408', '429'], []],
    ['connections that come and go', churn, 10, ['cut'], ['429']],
    ['headers that come slowly', slowHeaders, 200, ['408', '429'], []],
    ['bodies that come slowly', slowBodies, 200, ['408', '429'], []],
  ],
  [
    ['bodies that unpack to 10 MB', gzipBombs, 4, ['415'], ['429']],
    ['bodies of 10 MB', largeBodies, 2, ['413'], ['429']],
    ['tokens with unknown keys', keys, 10, ['401'], ['429']],
  ],
  [
    ['pings over sockets', pings, 4, [], ['4429', '429']],
    ['messages over sockets', messages, 4, ['4429'], ['429']],
    ['messages that are too large', oversizedMessages, 4, ['1009'], ['429']],
    ['operations over sockets', operations, 4, ['4429'], ['429']],
  ],
];

onLinux('under floods', () => {
  test('each is refused as it is written, what others ask is answered, and memory comes back', async () => {
    const before = await gateway.memory();
    for (const group of groups) {
      const end = endAfter(longest);
      const missing = new Set(group.flatMap(([name, , , met]) => met.map((outcome) => `${name} ${outcome}`)));
      const flooding = group.map(([name, flood, size], index) => {
        const note = (outcome: string) => missing.delete(`${name} ${outcome}`) && missing.size === 0 && end.now();
        return flood({ url: `${gateway.url}/graphql`, from: [`127.0.0.${index + 2}`], signal: end.signal, note }, size);
      });
      expect(await askUntil(end.signal)).toEqual(new Set(['1']));
      expect([...missing]).toEqual([]);
      for (const [index, [name, , , met, others]] of group.entries()) {
        const known = new Set([...met, ...others, ...slow]);
        const strange = Object.keys((await flooding[index]) ?? {}).filter((outcome) => !known.has(outcome));
        expect([name, strange]).toEqual([name, []]);
      }
    }
    expect(issuer.fetches).toBe(1);
    expect((await gateway.memory()) - before).toBeLessThan(left);
  });
});

function keys(...[target, size]: Parameters<Flood>): ReturnType<Flood> {
  return unknownKeys({ issuer: issuer.url, clientId: issuer.clientId })(target, size);
}

/** What comes of asking again and again. */
async function askUntil(signal: AbortSignal): Promise<Set<unknown>> {
  const answers = new Set<unknown>();
  while (!signal.aborted) {
    const { data } = await post(gateway.url, { query: '{ person { id } }' });
    answers.add((data as { person: { id: string } }).person.id);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return answers;
}
