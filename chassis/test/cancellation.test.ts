import { expect, test } from '@jest/globals';
import { Cancellation } from '@marquee/chassis/telemetry/request-scope';

test('calls its listeners except removed ones, and later listeners at once', () => {
  const cancellation = new Cancellation();
  const called: string[] = [];
  const act = (name: string) => () => void called.push(name);
  const [one, two, three, four] = [act('one'), act('two'), act('three'), act('four')];
  for (const each of [one, two, three]) cancellation.onCancel(each);
  cancellation.offCancel(one);
  cancellation.offCancel(three);
  expect([cancellation.isCancelled, called]).toEqual([false, []]);
  cancellation.onCancel(four);
  cancellation.cancel();
  expect(called.toSorted()).toEqual(['four', 'two']);
  cancellation.onCancel(one);
  expect([cancellation.isCancelled, called.at(-1)]).toEqual([true, 'one']);
});
