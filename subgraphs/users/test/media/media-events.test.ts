import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mediaReady, mediaRejected } from '@marquee/events/media-events';
import { v7 } from 'uuid';
import { openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';

let testbed: UsersTestbed;
beforeAll(async () => {
  testbed = await openUsersTestbed();
});
afterAll(() => testbed.close());

test.each([
  ['READY', null, mediaReady],
  ['REJECTED', 'It is not a picture.', mediaRejected],
])('an upload that becomes %s emits its event once, without the reason', async (status, reason, definition) => {
  const { id: ownerId } = await testbed.person('FREELANCER');
  const mediaId = v7();
  await testbed.sql(
    `insert into media (id, owner_id, purpose, content_type, bytes) values ($1, $2, 'PORTFOLIO', 'image/png', 9)`,
    [mediaId, ownerId],
  );
  await testbed.sql(`update media set status = 'PROCESSING' where id = $1`, [mediaId]);
  for (const _ of [1, 2])
    await testbed.sql('update media set status = $2, rejected_because = $3 where id = $1', [mediaId, status, reason]);
  const events = await testbed.sql<{ type: string; data: object }>(
    'select type, data from event_outbox where subject = $1',
    [mediaId],
  );
  const { type, data } = definition;
  expect(events).toEqual([{ type, data: data.parse({ mediaId, ownerId, purpose: 'PORTFOLIO' }) }]);
});
