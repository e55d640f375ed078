import { expect, test } from '@jest/globals';
import { Cancellation } from '@marquee/chassis/telemetry/request-scope';

test('who leaves has all called that wait for that, but what was taken back; later ones at once', () => {
  const leaving = new Cancellation();
  const called: string[] = [];
  const act = (name: string) => () => void called.push(name);
  const [one, two, three, four] = [act('one'), act('two'), act('three'), act('four')];
  for (const each of [one, two, three]) leaving.onCancel(each);
  leaving.offCancel(one);
  leaving.offCancel(three);
  expect([leaving.isCancelled, called]).toEqual([false, []]);
  leaving.onCancel(four);
  leaving.cancel();
  expect(called.toSorted()).toEqual(['four', 'two']);
  leaving.onCancel(one);
  expect([leaving.isCancelled, called.at(-1)]).toEqual([true, 'one']);
});
