import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { Cancellation } from '@marquee/chassis/telemetry/request-scope';
import {
  type CostInFlight,
  createCostInFlight,
  type EndOperation,
  type InFlightLimit,
} from '../src/admission/rates/cost-in-flight.js';

/** Nothing ends by itself within a test. */
const patient = { maxWaitMs: 60_000, maxHoldMs: 60_000 };

/** A caller may have 100 units in flight, all callers at an address 300. */
function limitsOf(caller: string, address = 'office'): InFlightLimit[] {
  return [
    { by: 'caller', key: caller, units: 100 },
    { by: 'address', key: address, units: 300 },
  ];
}

/** Starts operations of equal cost, and records them in the order in which they enter. */
function start(inFlight: CostInFlight, caller: string, costs: readonly number[], entered: number[] = []) {
  const operations = costs.map(async (cost, index) => {
    const end = await inFlight.enter(limitsOf(caller), cost);
    entered.push(index);
    return end as EndOperation;
  });
  return { operations, entered };
}

describe('the cost in flight', () => {
  test('of one caller is limited, and further operations enter in their order as others end', async () => {
    const { operations, entered } = start(createCostInFlight(patient), 'ada', [60, 40, 50, 50, 10]);
    const [first, second] = await Promise.all([operations[0], operations[1]]);
    await wait(5);
    expect(entered).toEqual([0, 1]);
    second?.();
    await wait(5);
    expect(entered).toEqual([0, 1]);
    first?.();
    await Promise.all([operations[2], operations[3]]);
    await wait(5);
    expect(entered).toEqual([0, 1, 2, 3]);
  });

  test('does not delay other callers at the address', async () => {
    const inFlight = createCostInFlight(patient);
    start(inFlight, 'ada', [100, 100, 100, 100]);
    const { operations } = start(inFlight, 'ben', [100]);
    expect(await operations[0]).toEqual(expect.any(Function));
  });

  test('of all callers at one address is limited, and each of fifty gets a turn', async () => {
    const inFlight = createCostInFlight(patient);
    let [running, most, done] = [0, 0, 0];
    const people = Array.from({ length: 50 }, async (_, index) => {
      const [end] = await Promise.all(start(inFlight, `person ${index}`, [60]).operations);
      most = Math.max(most, (running += 60));
      await wait(1);
      running -= 60;
      done += 1;
      end?.();
    });
    await Promise.all(people);
    expect([done, most]).toEqual([50, 300]);
  });

  test('of an operation above the limit needs all of it', async () => {
    const { operations, entered } = start(createCostInFlight(patient), 'ada', [1, 5_000, 1]);
    const end = await operations[0];
    await wait(5);
    expect(entered).toEqual([0]);
    end?.();
    const endLarge = await operations[1];
    await wait(5);
    expect(entered).toEqual([0, 1]);
    endLarge?.();
    await operations[2];
  });

  test('counts an operation that does not end for a limited time', async () => {
    const { operations } = start(createCostInFlight({ maxWaitMs: 60_000, maxHoldMs: 20 }), 'ada', [100, 100, 100]);
    expect((await Promise.all(operations)).map((end) => typeof end)).toEqual(['function', 'function', 'function']);
  });

  test('refuses an operation without room in time, and counts nothing of it', async () => {
    const inFlight = createCostInFlight({ ...patient, maxWaitMs: 20 });
    const [atAddress] = start(inFlight, 'ada', [100]).operations;
    start(inFlight, 'ben', [100]);
    start(inFlight, 'cyd', [100]);
    await atAddress;
    expect(await inFlight.enter(limitsOf('ada'), 1)).toMatchObject({ by: 'caller', key: 'ada' });
    expect(await inFlight.enter(limitsOf('dan'), 100)).toMatchObject({ by: 'address', key: 'office' });
    (await atAddress)?.();
    expect(await inFlight.enter(limitsOf('dan'), 100)).toEqual(expect.any(Function));
  });

  test('does not count an operation that was cancelled while it waited', async () => {
    const inFlight = createCostInFlight(patient);
    const [first] = start(inFlight, 'ada', [100]).operations;
    const end = await first;
    const cancellation = new Cancellation();
    const cancelled = inFlight.enter(limitsOf('ada'), 100, cancellation);
    const next = inFlight.enter(limitsOf('ada'), 100);
    cancellation.cancel();
    end?.();
    await cancelled;
    expect(await next).toEqual(expect.any(Function));
  });

  test('is not reduced twice by an operation that ends twice', async () => {
    const inFlight = createCostInFlight({ ...patient, maxWaitMs: 20 });
    const [first, second] = start(inFlight, 'ada', [50, 50]).operations;
    const end = await first;
    await second;
    end?.();
    end?.();
    expect(await inFlight.enter(limitsOf('ada'), 100)).toMatchObject({ by: 'caller' });
  });
});
