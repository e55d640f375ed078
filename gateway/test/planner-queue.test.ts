import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PlannerQueue } from '../src/engine/planner/planner-queue.js';
import { Requesters } from '../src/engine/requesters.js';
import { openFriends, openTrades } from './fixtures/friends-subgraph.js';
import { type Gateway, openGateway } from './fixtures/gateway.js';
import type { Subgraph } from './fixtures/test-subgraph.js';
import { codeOf, post, transports } from './fixtures/transport-clients.js';

describe('PlannerQueue', () => {
  test('runs one request at a time, in turns of their addresses', async () => {
    const queue = new PlannerQueue({ stop: () => undefined });
    const order: string[] = [];
    let running = 0;
    const request = (name: string, address: string) =>
      queue.run(
        async () => {
          expect((running += 1)).toBe(1);
          await new Promise(setImmediate);
          order.push(name);
          running -= 1;
        },
        new Requesters({ address, caller: 'guest' }),
      );
    await Promise.all([
      ...['a1', 'a2', 'a3', 'a4'].map((name) => request(name, 'a')),
      ...['b1', 'b2'].map((name) => request(name, 'b')),
    ]);
    expect(order.slice(0, 2)).toEqual(['a1', 'b1']);
  });

  test('stops a request that takes too long, and continues', async () => {
    const stops: (() => void)[] = [];
    const queue = new PlannerQueue({ maxRunMs: 20, stop: () => stops.shift()?.() });
    const slow = queue.run(
      () => new Promise((_, reject) => stops.push(() => reject(new Error('terminated')))),
      new Requesters({ address: 'a', caller: 'guest' }),
    );
    const next = queue.run(async () => 'planned', new Requesters({ address: 'b', caller: 'guest' }));
    await expect(slow).rejects.toThrow('takes too long to plan');
    expect(await next).toBe('planned');
  });

  test('refuses a request that has no turn in time', async () => {
    const queue = new PlannerQueue({ maxWaitMs: 20, stop: () => undefined });
    let finish: () => void = () => undefined;
    const first = queue.run(() => new Promise<void>((resolve) => (finish = resolve)), new Requesters());
    await expect(queue.run(async () => 'late', new Requesters())).rejects.toMatchObject({
      extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 1 },
    });
    finish();
    await first;
    expect(await queue.run(async () => 'later', new Requesters())).toBe('later');
  });

  test('reports the failure of a request', async () => {
    const queue = new PlannerQueue({ stop: () => undefined });
    const failing = queue.run(() => Promise.reject(new Error('cannot be planned')), new Requesters());
    await expect(failing).rejects.toThrow('cannot be planned');
    expect(await queue.run(async () => 1, new Requesters())).toBe(1);
  });
});

describe('a flood of operations that are new to the gateway', () => {
  let subgraphs: Subgraph[];
  let gateway: Gateway;

  beforeAll(async () => {
    subgraphs = await Promise.all([openFriends(), openTrades()]);
    gateway = await openGateway(subgraphs, { TRUSTED_PROXIES: '1' });
  });

  afterAll(async () => {
    await gateway.close();
    await Promise.all(subgraphs.map((subgraph) => subgraph.close()));
  });

  test('delays only the operations of its own address', async () => {
    let answered = 0;
    const flood = Array.from({ length: 60 }, async (_, index) => {
      const response = await sendFrom('198.51.100.1', `{ person { a${index}: id friend { friend { trade } } } }`);
      if (codeOf(response) === undefined) answered += 1;
      return response;
    });
    const other = await sendFrom('198.51.100.2', '{ person { b: id friend { trade } } }');
    expect(codeOf(other)).toBeUndefined();
    expect(answered).toBeLessThan(30);
    // On a slow machine the last ones have no turn in time.
    for (const reply of await Promise.all(flood)) expect([undefined, 'RATE_LIMITED']).toContain(codeOf(reply));
  });

  test.each(['POST', 'GET', 'SSE', 'WS'] as const)(
    'over %s gets RATE_LIMITED once too many wait',
    async (transport) => {
      const flood = Array.from({ length: 90 }, (_, index) => {
        const query = `query ${transport}${index} { person { a${index}: id friend { friend { trade } } } }`;
        return transports[transport](gateway.url, { query, headers: { 'x-forwarded-for': '198.51.100.3' } });
      });
      const replies = await Promise.all(flood);
      expect(new Set(replies.map(codeOf))).toEqual(new Set([undefined, 'RATE_LIMITED']));
      const [refused] = replies.filter((reply) => codeOf(reply) === 'RATE_LIMITED');
      expect(refused?.errors).toMatchObject([{ extensions: { retryAfterSeconds: 1 } }]);
      // An event stream may already be open when its operation is planned.
      expect({ POST: [429], GET: [429], SSE: [429, 200], WS: [0] }[transport]).toContain(refused?.status);
    },
  );

  function sendFrom(address: string, query: string) {
    return post(gateway.url, { query }, { 'x-forwarded-for': address });
  }
});
