import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { type Gateway, openGateway } from './fixtures/gateway.js';
import { openLoadBalancer } from './fixtures/load-balancer.js';
import { openUsers } from './fixtures/sample-graph.js';
import type { Subgraph } from './fixtures/test-subgraph.js';

test.each([1, 4, 16])(
  'a replica that is added while %i clients send requests gets its share within 10 s, and no request fails',
  async (clients) => {
    const [first, second] = await Promise.all([openUsers(), openUsers()]);
    const balancer = await openLoadBalancer(first.url);
    const gateway = await openGateway([{ ...first, url: balancer.url }]);
    const load = sendSteadily(gateway, clients);
    await wait(1_000);
    expect(second.requestCount).toBe(0);
    balancer.add(second.url);
    await wait(4_500);
    const before = counts(first, second);
    await wait(5_000);
    const after = counts(first, second);
    const { sent, failures } = await load.stop();
    await gateway.close();
    balancer.close();
    await Promise.all([first.close(), second.close()]);

    expect(failures).toEqual([]);
    expect(sent).toBeGreaterThan(100);
    const [old, added] = [after[0] - before[0], after[1] - before[1]];
    // 40-60 %, give or take the requests of one connection.
    expect(Math.abs(added - old)).toBeLessThanOrEqual(0.2 * (old + added) + minRequestsPerConnection);
    // Connections are replaced, not opened for each request.
    expect(balancer.connectionCount()).toBeLessThan(sent / 10);
  },
  30_000,
);

/** A connection to a service is replaced after this number of requests if there is little load. */
const minRequestsPerConnection = 16;

/** Never retried, and not shared with other clients. */
const operation = 'mutation { rename(name: "x") { id } }';

/** Milliseconds between the requests of a client: idle connections live longer. */
const intervalMs = 10;

/** Clients that send one request after the other, until they are stopped. */
function sendSteadily(gateway: Gateway, clients: number) {
  const failures: unknown[] = [];
  let [sent, isStopped] = [0, false];
  const client = async () => {
    while (!isStopped) {
      sent += 1;
      const { errors } = await gateway.query(operation).catch((error: unknown) => ({ errors: [error] }));
      failures.push(...errors);
      await wait(intervalMs);
    }
  };
  const done = Promise.all(Array.from({ length: clients }, client));
  return {
    async stop() {
      isStopped = true;
      await done;
      return { sent, failures };
    },
  };
}

function counts(first: Subgraph, second: Subgraph): [number, number] {
  return [first.requestCount, second.requestCount];
}
