import { expect, test } from '@jest/globals';
import { SettingsError } from '@marquee/chassis/config/settings';
import { OpenPreviews } from '../src/preview/open-previews.js';

test('a request for a preview that does not exist closes no other, and a further preview closes the first', async () => {
  const closed: string[] = [];
  const previews = new OpenPreviews(2, (name) =>
    name.startsWith('missing')
      ? Promise.reject(new SettingsError([`${name} does not exist`]))
      : Promise.resolve({ name, close: () => void closed.push(name) }),
  );
  for (const name of ['one', 'two']) expect(await previews.find(name)).toMatchObject({ name });
  for (const name of ['missing-1', 'missing-2', 'missing-3']) expect(await previews.find(name)).toBeUndefined();
  expect([closed, previews.has('one'), previews.has('missing-1')]).toEqual([[], true, false]);
  await previews.find('three');
  expect(previews.has('one')).toBe(false);
  await previews.closeAll();
  expect(closed).toEqual(['one', 'two', 'three']);
});
