import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Gateway, openGateway } from './fixtures/gateway.js';
import { openUsers } from './fixtures/sample-graph.js';
import type { Subgraph } from './fixtures/test-subgraph.js';

let users: Subgraph;
let gateway: Gateway;
beforeAll(async () => {
  users = await openUsers();
  gateway = await openGateway([users], {
    TRUSTED_PROXIES: '1',
    RATE_PER_ADDRESS: '0.001',
    RATE_BURST_SECONDS: '2000',
  });
});
afterAll(async () => {
  await gateway.close();
  await users.close();
});

test.each([
  ['an IPv4 address', ['192.0.2.1', '192.0.2.1:5678', '::ffff:192.0.2.1', '[::ffff:192.0.2.1]:99']],
  [
    'the network of an IPv6 address',
    ['2001:db8:1:2::9', '[2001:db8:1:2::9]:5678', '[2001:DB8:1:2::a]', '2001:0db8:1:2::b'],
  ],
  ['a name', ['unknown', 'Unknown', 'UNKNOWN', 'unknown']],
])('all spellings of %s in X-Forwarded-For share one limit', async (_, spellings) => {
  const statuses = [];
  for (const address of spellings)
    statuses.push((await gateway.query('{ __typename }', { 'x-forwarded-for': `10.9.8.7, ${address}` })).status);
  expect(statuses).toEqual([200, 200, 429, 429]);
});
