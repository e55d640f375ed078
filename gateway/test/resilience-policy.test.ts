import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { setTimeout as wait } from 'node:timers/promises';
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

test('while one tries whether a service is well again, nobody waits for the place that this one has', async () => {
  const policy = new ResiliencePolicy({ name: 'users', settings, log: pino({ level: 'silent' }) });
  const ask = (attempt: () => Promise<string>) => policy.run(attempt, { isRetryable: true });
  const ill = () => Promise.reject(new UpstreamFailure('users', 'status', 'HTTP 500'));
  for (let time = 0; time < 5; time += 1) await expect(ask(ill)).rejects.toMatchObject({ reason: 'status' });
  await wait(30);
  let answer: (text: string) => void = () => undefined;
  const trial = ask(() => new Promise((resolve) => (answer = resolve)));
  await expect(ask(() => Promise.resolve('well'))).rejects.toMatchObject({ reason: 'circuit_open' });
  answer('well again');
  expect(await trial).toBe('well again');
  expect(await ask(() => Promise.resolve('well'))).toBe('well');
});
