import { beforeEach, expect, test } from '@jest/globals';
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
