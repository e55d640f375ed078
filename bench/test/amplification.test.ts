import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { cpuLimits, searchAs } from '../src/amplification/amplification-bench.js';
import { fillStores } from '../src/amplification/fill-stores.js';
import { probeRepeatedly } from '../src/amplification/operation-probe.js';
import { smallSizes } from '../src/amplification/store-sizes.js';
import { startSystem, type SystemUnderTest } from '../src/system/system-under-test.js';

// The short form of `npm run bench amplification`: CPU time over all processes, not latency, so that other work of the
// machine hardly changes it.
let system: SystemUnderTest;
beforeAll(async () => {
  system = await startSystem();
  await fillStores(system, smallSizes);
}, 600_000);
afterAll(() => system.close());

test.each(Object.keys(cpuLimits))('no permitted operation of %s takes more CPU time than its limit', async (caller) => {
  const report = await searchAs(caller, system, { samples: '1', combinations: '12', seed: '1' });
  expect(report.measured).toBeGreaterThan(15);
  const over = report.dearest.filter(({ cpuMs }) => cpuMs > (cpuLimits[caller] ?? 0));
  expect(over.map(({ cpuMs, document }) => ({ cpuMs, document }))).toEqual([]);
});

test.each([
  ['words that exclude each other', '{ searchActivities(query: "cover -cover") { edges { node { id } } } }'],
  ['a phrase of common words', '{ searchActivities(query: "\\"cover cover cover\\"") { edges { node { id } } } }'],
  ['jobs with words that exclude each other', '{ jobs(filter: { search: "night -night" }) { edges { node { id } } } }'],
  ['a show that does not exist', '{ shows(filter: { search: "zzzz" }) { edges { node { slug } } } }'],
  ['related covers', '{ covers(first: 1) { edges { node { related(first: 24) { id } } } } }'],
])('a search for %s is permitted once and takes less CPU time than the limit', async (_, document) => {
  const { status, cpuMs } = await probeRepeatedly({ url: system.url, pids: system.pids }, document, 3);
  expect(status).toBe(200);
  expect(cpuMs).toBeLessThan(cpuLimits['guest'] ?? 0);
});

test('a dear search is not permitted many times in one operation', async () => {
  const searches = Array.from(
    { length: 10 },
    (_, index) => `s${index}: searchActivities(query: "a") { edges { cursor } }`,
  );
  const { status } = await probeRepeatedly({ url: system.url, pids: system.pids }, `{ ${searches.join(' ')} }`, 1);
  expect(status).toBe(400);
});
