import { expect, test } from '@jest/globals';
import { Closers } from '@marquee/chassis/process/closers';

test('closes the last opened resource first, and each once', async () => {
  const closed: string[] = [];
  const closers = new Closers();
  for (const name of ['pool', 'store', 'server']) closers.add({ close: () => void closed.push(name) });
  await closers.close();
  await closers.close();
  expect(closed).toEqual(['server', 'store', 'pool']);
});

test('closes all resources even if one fails, and reports the failure', async () => {
  const closed: string[] = [];
  const closers = new Closers();
  closers.add({ close: () => void closed.push('pool') });
  closers.add({ close: () => Promise.reject(new Error('stuck')) });
  await expect(closers.close()).rejects.toMatchObject({ errors: [new Error('stuck')] });
  expect(closed).toEqual(['pool']);
});
