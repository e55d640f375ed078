import { expect, test } from '@jest/globals';
import { Leaving } from '@marquee/chassis/telemetry/request';

test('who leaves has all called that wait for that, but what was taken back; later ones at once', () => {
  const leaving = new Leaving();
  const called: string[] = [];
  const act = (name: string) => () => void called.push(name);
  const [one, two, three, four] = [act('one'), act('two'), act('three'), act('four')];
  for (const each of [one, two, three]) leaving.whenGone(each);
  leaving.forget(one);
  leaving.forget(three);
  expect([leaving.gone, called]).toEqual([false, []]);
  leaving.whenGone(four);
  leaving.leave();
  expect(called.toSorted()).toEqual(['four', 'two']);
  leaving.whenGone(one);
  expect([leaving.gone, called.at(-1)]).toEqual([true, 'one']);
});
