import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { saturated } from '../src/capacity/capacity-limits.js';
import { capacityForRequests, capacityForSockets, totalOf } from '../src/capacity/capacity-model.js';
import { createCapacityPage } from '../src/capacity/capacity-page.js';
import { simulateFanOut } from '../src/capacity/fan-out.js';
import { type MeasuredFigures, readMeasuredFigures } from '../src/capacity/measured-figures.js';
import { transferCost } from '../src/capacity/prices.js';

const size = { vcpu: 1, gigabytes: 2 };

const figures: MeasuredFigures = {
  page: new Map([
    ['gateway', 3],
    ['users', 6],
    ['jobs', 6],
    ['messaging', 6],
    ['shows', 6],
    ['postgres', 3],
  ]),
  dynamoRequests: 8,
  pageKilobytes: 9,
  broadcast: { kilobytes: 10, processor: 10 },
  broadcastEvent: 0.01,
  private: { gateway: { kilobytes: 50, processor: 6 }, messaging: { kilobytes: 60, processor: 1 } },
  message: 2,
};

test('the page of capacities is current', async () => {
  const page = await readFile(new URL('../CAPACITY.md', import.meta.url), 'utf8');
  expect(page).toBe(createCapacityPage(await readMeasuredFigures()));
});

describe('the capacity of a load', () => {
  test('contains the CPU time of each service, and two tasks of each at least', () => {
    const { tasks } = capacityForRequests(figures, 100, size);
    // 100 pages of 6 ms take 0.6 s of CPU time per second, which is 60 % of one task.
    expect(Object.fromEntries(tasks)).toEqual({ gateway: 2, users: 2, jobs: 2, messaging: 2, shows: 2 });
    expect(capacityForRequests(figures, 1_000, size).tasks.get('users')).toBe(10);
    expect(capacityForRequests(figures, 1_000, size).tasks.get('gateway')).toBe(5);
  });

  test('grows with the load, in tasks, connections and dollars', () => {
    const [one, ten] = [1_000, 10_000].map((perSecond) => capacityForRequests(figures, perSecond, size)) as [
      Capacity,
      Capacity,
    ];
    expect(ten.databaseConnections).toBe(10 * one.databaseConnections);
    expect(totalOf(ten)).toBeGreaterThan(5 * totalOf(one));
  });

  test('is limited by memory where sockets are many and events few', () => {
    const load = { sockets: 1_000_000, kind: 'broadcast', eventsPerSecond: 0 } as const;
    // 10 million kB in rooms of 490 MB.
    expect(capacityForSockets(figures, load, { vcpu: 1, gigabytes: 1 }).tasks.get('gateway')).toBe(20);
    // 10 CPU seconds per second at 60 %, where memory is not scarce.
    expect(capacityForSockets(figures, load, { vcpu: 1, gigabytes: 16 }).tasks.get('gateway')).toBe(17);
  });

  test('names the limit that it exceeds most, with its remedy', () => {
    const exceeded = saturated(capacityForRequests(figures, 100_000, size));
    expect(exceeded.map(({ share }) => share)).toEqual(exceeded.map(({ share }) => share).toSorted((a, b) => b - a));
    expect(exceeded.map(({ limit }) => limit.remedy)).toContainEqual(expect.stringContaining('ENTITY_CACHE'));
    expect(saturated(capacityForRequests(figures, 10, size))).toHaveLength(1);
  });

  test('contains the scripts of the rate limits, which the deployment limits first', () => {
    const capacity = capacityForRequests(figures, 1_000, size);
    expect(capacity.cacheUnitsPerSecond).toBe(1_000 * 6 * 8);
    expect(saturated(capacity).map(({ limit }) => limit.name)).toContainEqual(expect.stringContaining('Valkey'));
    const broadcast = { sockets: 10_000, kind: 'broadcast', eventsPerSecond: 1 } as const;
    expect(capacityForSockets(figures, broadcast, size).cacheUnitsPerSecond).toBe(1 + (10_000 / 50) * 8);
  });

  test('names the setting that a gateway with very many sockets needs', () => {
    const load = { sockets: 1_000_000, kind: 'broadcast', eventsPerSecond: 0 } as const;
    const [first] = saturated(capacityForSockets(figures, load, { vcpu: 1, gigabytes: 8 }));
    expect(first).toMatchObject({ limit: { remedy: expect.stringContaining('CONNECTIONS') } });
  });

  test('charges the data that leaves in steps', () => {
    expect(transferCost(1_000)).toBeCloseTo(90);
    expect(transferCost(20_000)).toBeCloseTo(900 + 850);
  });
});

describe('the simulated spreading of an event', () => {
  const fanOut = { readers: 1_003, gateways: 4, replicas: 2, vcpu: 1, perReader: 0.1, perEvent: 1, seed: 7 };

  test('reaches every reader once, also where the gateways have different numbers of them', () => {
    expect(simulateFanOut(fanOut).deliveries).toBe(1_003);
    expect(simulateFanOut({ ...fanOut, readers: 3, gateways: 8 }).deliveries).toBe(3);
  });

  test('is the same for the same seed, and another for another', () => {
    expect(simulateFanOut(fanOut)).toEqual(simulateFanOut(fanOut));
    expect(simulateFanOut({ ...fanOut, seed: 8 })).not.toEqual(simulateFanOut(fanOut));
  });

  test('is faster over more gateways, and slower where a container waits for its next period', () => {
    const many = { ...fanOut, readers: 20_000 };
    expect(simulateFanOut({ ...many, gateways: 40 }).last).toBeLessThan(simulateFanOut(many).last);
    // 5,000 readers take 501 ms of CPU time, of which half a CPU gives 50 ms per 100 ms.
    expect(simulateFanOut({ ...many, vcpu: 0.5 }).last).toBeGreaterThan(900);
    expect(simulateFanOut(many).last).toBeLessThan(600);
  });
});

type Capacity = ReturnType<typeof capacityForRequests>;
