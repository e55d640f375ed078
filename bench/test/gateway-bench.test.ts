import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type GatewayTestbed, openGatewayTestbed } from '../src/gateway/gateway-testbed.js';
import { operations } from '../src/gateway/operations.js';
import { measureEvents, measureOperation } from '../src/gateway/rounds.js';
import { runUnderLoad } from '../src/load/load-bench.js';

describe('the gateway benchmark', () => {
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

  test.each(operations)('measures $title, with equal responses of all gateways', async (operation) => {
    const figures = await measureOperation(operation, { testbed, ...short });
    expect(figures).toEqual([
      expect.objectContaining({ gateway: 'Marquee', p50: expect.any(Number) }),
      expect.objectContaining({ gateway: 'hand-written', p50: expect.any(Number) }),
    ]);
    for (const { memory, perSecond } of figures) expect(Math.min(memory, perSecond)).toBeGreaterThan(0);
  });

  test('measures an event with several subscribers', async () => {
    const figures = await measureEvents(3, { testbed, ...short });
    expect(figures.map(({ gateway }) => gateway)).toEqual(['Marquee', 'hand-written']);
    for (const { perSecond, p99 } of figures) expect(Math.min(perSecond, p99)).toBeGreaterThan(0);
  });

  test('reports a constant load by second, with the reasons of failures', async () => {
    const { url } = await testbed.startGateway('Marquee');
    const subscribers = ['--clients=3', '--subscription=subscription { messageAdded { body } }'];
    const rate = ['--rate=20', '--seconds=1'];
    const report = await runUnderLoad([`--url=${url}`, '--query={ headline(page: 1) }', ...rate, ...subscribers]);
    expect(report).toMatch(/^second +responses +failures/);
    expect(report).toContain('20 responses; p50, p95, p99 and max:');
    expect(await runUnderLoad([`--url=${url}`, '--query={ nonsense }', ...rate, '--clients=0'])).toContain(
      'failures: 20 x BAD_USER_INPUT',
    );
  });
});
