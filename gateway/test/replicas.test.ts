import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { type Gateway, openGateway } from './fixtures/gateway.js';
import { openLoadBalancer } from './fixtures/load-balancer.js';
import { openUsers } from './fixtures/sample-graph.js';
import type { Subgraph } from './fixtures/test-subgraph.js';

test.each([1, 4, 16])(
  'a replica that is added while %i clients send requests soon gets its share, and no request fails',
  async (clients) => {
    const [first, second] = await Promise.all([openUsers(), openUsers()]);
    const balancer = await openLoadBalancer(first.url);
    const gateway = await openGateway([{ ...first, url: balancer.url }]);
    const load = sendSteadily(gateway, clients);
    while (first.requestCount < 60) await wait(10);
    expect(second.requestCount).toBe(0);
    balancer.add(second.url);
    while (!(await isShared(first, second))) continue;
    const { sent, failures } = await load.stop();
    await gateway.close();
    balancer.close();
    await Promise.all([first.close(), second.close()]);

    expect(failures).toEqual([]);
    // Connections are replaced, not opened for each request.
    expect(balancer.connectionCount()).toBeLessThan(sent / 10);
  },
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

/** Whether each replica gets 40-60 % of the next 300 requests, give or take those of one connection. */
async function isShared(first: Subgraph, second: Subgraph): Promise<boolean> {
  const [oldBefore, addedBefore] = [first.requestCount, second.requestCount];
  const counts = () => [first.requestCount - oldBefore, second.requestCount - addedBefore] as const;
  while (counts()[0] + counts()[1] < 300) await wait(10);
  const [old, added] = counts();
  return Math.abs(added - old) <= 0.2 * (old + added) + minRequestsPerConnection;
}
