import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { CircuitBreaker } from '../src/upstream/circuit-breaker.js';
import { UpstreamFailure } from '../src/upstream/upstream-failure.js';

let now: number;
let breaker: CircuitBreaker;

beforeEach(() => {
  now = 0;
  const settings = { SUBGRAPH_BREAKER_CALLS: 10, SUBGRAPH_BREAKER_SECONDS: 2 };
  breaker = new CircuitBreaker({ name: 'users', settings, log: pino({ level: 'silent' }), now: () => now });
});

test('opens when more than half of at least five recent attempts failed', () => {
  for (let count = 0; count < 4; count += 1) attempt(failed);
  expect(isAdmitted()).toBe(true);
  attempt(failed);
  expect(isAdmitted()).toBe(false);
});

test('stays closed at half: rejected callers do not count as failures, disconnected clients not at all', () => {
  for (let count = 0; count < 5; count += 1) {
    attempt(new UpstreamFailure('users', 'unauthorized', 'the signed caller was rejected'));
    attempt(failed);
    attempt(clientGone);
  }
  expect(isAdmitted()).toBe(true);
});

test('admits one probe after the open time; success closes it, failure opens it again', () => {
  open();
  now = 2_000;
  const report = breaker.admit();
  expect(isAdmitted()).toBe(false);
  report(failed);
  now = 3_999;
  expect(isAdmitted()).toBe(false);
  now = 4_000;
  breaker.admit()();
  attempt(failed);
  expect(isAdmitted()).toBe(true);
});

test('makes the next attempt the probe if the client of the probe disconnects', () => {
  open();
  now = 2_000;
  attempt(clientGone);
  const report = breaker.admit();
  expect(isAdmitted()).toBe(false);
  report();
  expect(isAdmitted()).toBe(true);
});

const failed = new UpstreamFailure('users', 'timeout', 'no response before the deadline');
const clientGone = new UpstreamFailure('users', 'client_gone', 'the client disconnected');

function attempt(failure?: UpstreamFailure): void {
  breaker.admit()(failure);
}

function open(): void {
  for (let count = 0; count < 5; count += 1) attempt(failed);
}

function isAdmitted(): boolean {
  try {
    breaker.admit();
    return true;
  } catch (failure) {
    expect(failure).toMatchObject({ reason: 'circuit_open' });
    return false;
  }
}

describe('with a service that can be asked whether it is alive', () => {
  let answer: (alive: boolean) => void;
  let checks: number;
  beforeEach(() => {
    checks = 0;
    const isAlive = () => new Promise<boolean>((resolve) => ([checks, answer] = [checks + 1, resolve]));
    const settings = { SUBGRAPH_BREAKER_CALLS: 10, SUBGRAPH_BREAKER_SECONDS: 2 };
    breaker = new CircuitBreaker({ name: 'users', settings, log: pino({ level: 'silent' }), isAlive, now: () => now });
  });
  afterEach(() => breaker.close());

  test('stays closed while failures of operations are not those of the service', async () => {
    for (let round = 0; round < 5; round += 1) {
      for (let count = 0; count < 20; count += 1) attempt(failed);
      expect(checks).toBe(round + 1);
      answer(true);
      await wait(0);
      expect(isAdmitted()).toBe(true);
    }
  });

  test('opens if the service does not answer either, and closes as soon as it does', async () => {
    open();
    expect(isAdmitted()).toBe(true);
    answer(false);
    await wait(0);
    expect(isAdmitted()).toBe(false);
    while (checks < 2) await wait(20);
    answer(true);
    await wait(0);
    expect(isAdmitted()).toBe(true);
  });

  test('opens at once when connections are lost', () => {
    for (let count = 0; count < 5; count += 1) attempt(new UpstreamFailure('users', 'connection', 'refused'));
    expect([checks, isAdmitted()]).toEqual([0, false]);
  });

  test.each(['refused', 'too_large', 'unauthorized'] as const)('never counts a response that is %s', (reason) => {
    for (let count = 0; count < 20; count += 1) attempt(new UpstreamFailure('users', reason, 'of one operation'));
    expect([checks, isAdmitted()]).toEqual([0, true]);
  });
});
