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

test('a breaker opens when more than half of the last attempts failed, and of five at least', () => {
  for (let count = 0; count < 4; count += 1) attempt(ill);
  expect(isAdmitted()).toBe(true);
  attempt(ill);
  expect(isAdmitted()).toBe(false);
});

test('half of them are not enough: a caller that is not believed is no illness, and one that left says nothing', () => {
  for (let count = 0; count < 5; count += 1) {
    attempt(new UpstreamFailure('users', 'unauthorized', 'it refused the signed caller'));
    attempt(ill);
    attempt(left);
  }
  expect(isAdmitted()).toBe(true);
});

test('after its time it lets one through, whose success closes it and whose failure opens it again', () => {
  open();
  now = 2_000;
  const tell = breaker.admit();
  expect(isAdmitted()).toBe(false);
  tell(ill);
  now = 3_999;
  expect(isAdmitted()).toBe(false);
  now = 4_000;
  breaker.admit()();
  attempt(ill);
  expect(isAdmitted()).toBe(true);
});

test('a trial that nobody waited for to the end leaves the trial to the next', () => {
  open();
  now = 2_000;
  attempt(left);
  const tell = breaker.admit();
  expect(isAdmitted()).toBe(false);
  tell();
  expect(isAdmitted()).toBe(true);
});

const ill = new UpstreamFailure('users', 'timeout', 'no answer in time');
const left = new UpstreamFailure('users', 'client_gone', 'nobody waits for the answer');

function attempt(failure?: UpstreamFailure): void {
  breaker.admit()(failure);
}

function open(): void {
  for (let count = 0; count < 5; count += 1) attempt(ill);
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
