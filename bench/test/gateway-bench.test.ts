import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type GatewayTestbed, openGatewayTestbed } from '../src/gateway/gateway-testbed.js';
import { operations } from '../src/gateway/operations.js';
import { measureEvents, measureOperation } from '../src/gateway/rounds.js';
import { runUnderLoad } from '../src/load/load-bench.js';

describe('what gateways cost is measured', () => {
  let testbed: GatewayTestbed;

  beforeAll(async () => {
    testbed = await openGatewayTestbed();
  });

  afterAll(() => testbed.close());

  const short = {
    names: ['Marquee', 'hand-written'],
    rounds: 1,
    seconds: 0.1,
    concurrency: 2,
    warmUp: { requests: 2, seconds: 0.1, eventSeconds: 0.1 },
  } as const;

  test.each(operations)('for $title, which all answer alike', async (question) => {
    const figures = await measureOperation(question, { testbed, ...short });
    expect(figures).toEqual([
      expect.objectContaining({ gateway: 'Marquee', p50: expect.any(Number) }),
      expect.objectContaining({ gateway: 'hand-written', p50: expect.any(Number) }),
    ]);
    for (const { memory, perSecond } of figures) expect(Math.min(memory, perSecond)).toBeGreaterThan(0);
  });

  test('for an event that everyone gets', async () => {
    const figures = await measureEvents(3, { testbed, ...short });
    expect(figures.map(({ gateway }) => gateway)).toEqual(['Marquee', 'hand-written']);
    for (const { perSecond, p99 } of figures) expect(Math.min(perSecond, p99)).toBeGreaterThan(0);
  });

  test('for a load that does not wait: second by second, with why some of it failed', async () => {
    const { url } = await testbed.startGateway('Marquee');
    const listeners = ['--clients=3', '--subscription=subscription { messageAdded { body } }'];
    const rate = ['--rate=20', '--seconds=1'];
    const report = await runUnderLoad([`--url=${url}`, '--query={ headline(page: 1) }', ...rate, ...listeners]);
    expect(report).toMatch(/^second +answers +failures/);
    expect(report).toContain('20 answers; p50, p95, p99 and worst:');
    expect(await runUnderLoad([`--url=${url}`, '--query={ nonsense }', ...rate, '--clients=0'])).toContain(
      'failures: 20 x BAD_USER_INPUT',
    );
  });
});
