import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { setTimeout as wait } from 'node:timers/promises';
import { guest } from '@marquee/chassis/identity/caller';
import { CircuitBreaker } from '../src/upstream/circuit-breaker.js';
import { UpstreamFailure } from '../src/upstream/upstream-failure.js';
import { ResiliencePolicy } from '../src/upstream/resilience-policy.js';

const settings = {
  SUBGRAPH_TIMEOUT_SECONDS: 5,
  SUBGRAPH_CONCURRENCY: 1,
  SUBGRAPH_QUEUE: 10,
  SUBGRAPH_RETRIES: 0,
  SUBGRAPH_BREAKER_CALLS: 5,
  SUBGRAPH_BREAKER_SECONDS: 0.02,
};

test('rejects calls while the half-open probe holds the only slot', async () => {
  const breaker = new CircuitBreaker({ name: 'users', settings, log: pino({ level: 'silent' }) });
  const policy = new ResiliencePolicy({ name: 'users', settings, breaker });
  const call = (attempt: () => Promise<string>) =>
    policy.run(attempt, { query: '{ me { id } }', kind: 'query' }, { caller: guest });
  const fail = () => Promise.reject(new UpstreamFailure('users', 'status', 'HTTP 500'));
  for (let count = 0; count < 5; count += 1) await expect(call(fail)).rejects.toMatchObject({ reason: 'status' });
  await wait(30);
  let respond: (text: string) => void = () => undefined;
  const probe = call(() => new Promise((resolve) => (respond = resolve)));
  await expect(call(() => Promise.resolve('ok'))).rejects.toMatchObject({ reason: 'circuit_open' });
  respond('recovered');
  expect(await probe).toBe('recovered');
  expect(await call(() => Promise.resolve('ok'))).toBe('ok');
});
