import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { startService } from '@marquee/testkit/test-service';
import { service } from '../../src/service.js';
import * as files from '../fixtures/media-files.js';
import { at, mediaOf, requestUpload, upload } from '../fixtures/uploads.js';
import { openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';

let testbed: UsersTestbed;
let owner: UserCaller;
beforeAll(async () => {
  testbed = await openUsersTestbed();
  owner = await testbed.person();
});
afterAll(() => testbed.close());

test('media that are not used are removed after a day, with their files', async () => {
  const picture = await files.jpeg();
  const avatar = { purpose: 'AVATAR', contentType: 'image/jpeg' };
  const [used, unused, fresh, work] = [
    await upload(testbed, owner, avatar, picture),
    await upload(testbed, owner, avatar, picture),
    await upload(testbed, owner, avatar, picture),
    await upload(testbed, owner, { ...avatar, purpose: 'PORTFOLIO' }, picture),
  ];
  const { media: absent } = await requestUpload(testbed, owner, { ...avatar, bytes: 100 });
  const rejected = await upload(testbed, owner, avatar, Buffer.from('not a picture'));
  await testbed.request('mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { user { id } } }', {
    caller: owner,
    variables: { input: { avatarId: used.id } },
  });
  const old = [used, unused, work, absent, rejected].map(({ id }) => id as string);
  await testbed.sql(`update media set created_at = now() - interval '25 hours' where id = any($1)`, [old]);
  await testbed.sql(`insert into action_quotas values ($1, 'post', now() - interval '1 second')`, [owner.id]);

  // A service sweeps when it starts, and waits for that when it closes.
  await (await startService(service, testbed.environment)).close();

  for (const { id } of [unused, absent, rejected]) expect(await mediaOf(testbed, id)).toBeNull();
  for (const { id } of [used, fresh, work]) expect(await mediaOf(testbed, id)).toMatchObject({ status: 'READY' });
  const statusOf = async (url: string) => (await fetch(at(testbed, url))).status;
  expect([await statusOf(unused.url), await statusOf(unused.thumbnail)]).toEqual([404, 404]);
  expect([await statusOf(used.url), await statusOf(fresh.url), await statusOf(work.thumbnail)]).toEqual([
    200, 200, 200,
  ]);
  expect(await testbed.sql(`select * from action_quotas where action = 'post' and user_id = $1`, [owner.id])).toEqual(
    [],
  );
});
