import { expect, test } from '@jest/globals';
import { Closers } from '@marquee/chassis/process/closers';

test('closes the last opened first, each once', async () => {
  const closed: string[] = [];
  const closers = new Closers();
  for (const name of ['pool', 'store', 'server']) closers.add({ close: () => void closed.push(name) });
  await closers.close();
  await closers.close();
  expect(closed).toEqual(['server', 'store', 'pool']);
});

test('one that fails keeps none of the others open and is reported', async () => {
  const closed: string[] = [];
  const closers = new Closers();
  closers.add({ close: () => void closed.push('pool') });
  closers.add({ close: () => Promise.reject(new Error('stuck')) });
  await expect(closers.close()).rejects.toMatchObject({ errors: [new Error('stuck')] });
  expect(closed).toEqual(['pool']);
});
