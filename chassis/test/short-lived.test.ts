import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { shortLived } from '@marquee/chassis/caching/short-lived';
import { Cancellation, createRequestScope, currentRequest, runInScope } from '@marquee/chassis/telemetry/request-scope';

function counted(lifetimeMs: number, fails: (call: number) => boolean = () => false) {
  let calls = 0;
  return shortLived(async () => {
    calls += 1;
    const call = calls;
    await wait(5);
    if (fails(call)) throw new Error('failed');
    return call;
  }, lifetimeMs);
}

test('concurrent callers share one computation, of which one is new', async () => {
  const shared = counted(60_000);
  const results = await Promise.all([shared.get(), shared.get(), shared.get()]);
  expect(results).toEqual([
    { value: 1, isNew: true },
    { value: 1, isNew: false },
    { value: 1, isNew: false },
  ]);
});

test('a value is computed again after its lifetime and after a change', async () => {
  const brief = counted(10);
  await brief.get();
  await wait(20);
  expect(await brief.get()).toEqual({ value: 2, isNew: true });
  const lasting = counted(60_000);
  await lasting.get();
  lasting.clear();
  expect(await lasting.get()).toEqual({ value: 2, isNew: true });
});

test('a failure is not kept', async () => {
  const shared = counted(60_000, (call) => call === 1);
  await expect(shared.get()).rejects.toThrow('failed');
  expect(await shared.get()).toEqual({ value: 2, isNew: true });
});

test('callers get the value although the one whose request computes it leaves', async () => {
  const cancellation = new Cancellation();
  const shared = shortLived(async () => {
    await wait(5);
    return currentRequest()?.cancellation?.isCancelled;
  }, 60_000);
  const first = runInScope({ ...createRequestScope(undefined), cancellation }, () => shared.get());
  cancellation.cancel();
  expect(await shared.get()).toEqual({ value: false, isNew: false });
  await first;
});
