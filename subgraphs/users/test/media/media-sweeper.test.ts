import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { EventDefinition } from '@marquee/chassis/events/domain-event';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { mediaAttached, mediaDetached, mediaReleased } from '@marquee/events/media-events';
import { type GraphqlResponse, startService } from '@marquee/testkit/test-service';
import { mediaReactions } from '../../src/media/media-reactions.js';
import { service } from '../../src/service.js';
import * as files from '../fixtures/media-files.js';
import { at, mediaOf, requestUpload, upload } from '../fixtures/uploads.js';
import { codes, openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';

let testbed: UsersTestbed;
let owner: UserCaller;
beforeAll(async () => {
  testbed = await openUsersTestbed();
  owner = await testbed.person();
});
afterAll(() => testbed.close());

const picture = { purpose: 'AVATAR', contentType: 'image/jpeg' };
const work = { purpose: 'PORTFOLIO', contentType: 'image/jpeg' };
const queue = {
  EVENTS_QUEUE_URL: 'http://127.0.0.1:9/000000000000/test.fifo',
  EVENTS_ENDPOINT: 'http://127.0.0.1:9',
};

test('media that are not used are removed after a day, with their files', async () => {
  const file = await files.jpeg();
  const add = (input: object) => upload(testbed, owner, input, file);
  const [used, replaced, unused, fresh] = [
    await add(picture),
    await add(picture),
    await add(picture),
    await add(picture),
  ];
  const { media: absent } = await requestUpload(testbed, owner, { ...picture, bytes: 100 });
  const rejected = await upload(testbed, owner, picture, Buffer.from('not a picture'));
  await age([used, replaced, unused, absent, rejected]);
  await setAvatar(replaced.id);
  await setAvatar(used.id);
  await testbed.sql(`insert into action_quotas values ($1, 'post', now() - interval '1 second')`, [owner.id]);
  await release([used, replaced, unused, fresh]);

  await sweep();

  for (const { id } of [unused, absent, rejected]) expect(await mediaOf(testbed, id)).toBeNull();
  for (const { id } of [used, replaced, fresh]) expect(await mediaOf(testbed, id)).toMatchObject({ status: 'READY' });
  const statusOf = async (url: string) => (await fetch(at(testbed, url))).status;
  expect([await statusOf(unused.url), await statusOf(unused.thumbnail)]).toEqual([404, 404]);
  expect([await statusOf(used.url), await statusOf(fresh.url)]).toEqual([200, 200]);
  expect(await testbed.sql(`select * from action_quotas where action = 'post' and user_id = $1`, [owner.id])).toEqual(
    [],
  );
  await age([replaced]);
  await sweep();
  expect(await mediaOf(testbed, replaced.id)).toBeNull();
});

test('media that another service uses are kept until a day after the last use', async () => {
  const file = await files.jpeg();
  const [profile, asset, outdated, unknown] = [
    await upload(testbed, owner, picture, file),
    await upload(testbed, owner, work, file),
    await upload(testbed, owner, work, file),
    await upload(testbed, owner, work, file),
  ];
  await react(mediaAttached, profile.id, { place: 'PROFILE_AVATAR' });
  await react(mediaAttached, asset.id, { place: 'PORTFOLIO_ASSET' });
  await react(mediaAttached, asset.id, { place: 'PORTFOLIO_ASSET', holderId: randomUUID() });
  await react(mediaDetached, asset.id, { place: 'PORTFOLIO_ASSET' });
  // The end of a use that was delivered before its beginning.
  await react(mediaDetached, outdated.id, { place: 'PORTFOLIO_ASSET', second: 2 });
  await react(mediaAttached, outdated.id, { place: 'PORTFOLIO_ASSET', second: 1 });
  await age([profile, asset, outdated]);
  await testbed.sql(`update media set unused_since = 'infinity' where id = $1`, [unknown.id]);
  await release([outdated]);

  await sweep();
  for (const { id } of [profile, asset, unknown]) expect(await mediaOf(testbed, id)).toMatchObject({ status: 'READY' });
  expect(await mediaOf(testbed, outdated.id)).toBeNull();

  await react(mediaDetached, profile.id, { place: 'PROFILE_AVATAR', second: 3 });
  await sweep();
  expect(await mediaOf(testbed, profile.id)).toMatchObject({ status: 'READY' });
  await age([profile]);
  await release([profile]);
  await sweep();
  expect(await mediaOf(testbed, profile.id)).toBeNull();
});

test('media without a known use are kept until they are released, however long the events of their uses are late', async () => {
  const [used, unused] = [
    await upload(testbed, owner, work, await files.jpeg()),
    await upload(testbed, owner, work, await files.jpeg()),
  ];
  for (let day = 0; day < 30; day += 1) await age([used, unused]);
  await sweep();
  await sweep();
  for (const { id } of [used, unused]) {
    expect(await mediaOf(testbed, id)).toMatchObject({ status: 'READY' });
    expect(await questionsAbout(id)).toEqual([{ mediaId: id }]);
  }

  await react(mediaAttached, used.id, { place: 'PORTFOLIO_ASSET' });
  await release([unused]);
  await sweep();
  expect(await mediaOf(testbed, used.id)).toMatchObject({ status: 'READY' });
  expect(await mediaOf(testbed, unused.id)).toBeNull();
});

test('the release of media is asked for again after a day without an answer', async () => {
  const media = await upload(testbed, owner, work, await files.jpeg());
  await age([media]);
  await sweep();
  await testbed.sql(`update media set release_asked_at = release_asked_at - interval '25 hours' where id = $1`, [
    media.id,
  ]);
  await sweep();
  expect(await questionsAbout(media.id)).toHaveLength(2);
});

test('a released file cannot be chosen as a picture, and its removal is reported', async () => {
  const file = await files.jpeg();
  const [chosen, released, cover] = [
    await upload(testbed, owner, picture, file),
    await upload(testbed, owner, picture, file),
    await upload(testbed, owner, { ...picture, purpose: 'COVER' }, file),
  ];
  await setAvatar(chosen.id);
  await release([chosen, released, cover]);
  for (const input of [{ avatarId: released.id }, { coverId: cover.id }])
    expect(codes(await updateProfile(input))).toEqual(['NOT_FOUND']);
  // The answer to a question from before it was chosen.
  await setAvatar(chosen.id);
  await age([chosen, released, cover]);
  await sweep();
  expect(await mediaOf(testbed, released.id)).toBeNull();
  expect(await mediaOf(testbed, chosen.id)).toMatchObject({ status: 'READY' });
  const removals = `select subject from event_outbox where type = 'MediaRemoved' and subject = any($1) order by position`;
  const reported = await testbed.sql(removals, [[chosen.id, released.id, cover.id]]);
  expect(reported).toEqual([{ subject: released.id }, { subject: cover.id }]);
});

test('media that were processed are kept by a service that does not learn of their uses', async () => {
  const media = await upload(testbed, owner, work, await files.jpeg());
  await age([media]);
  await sweep({});
  expect(await questionsAbout(media.id)).toEqual([]);
  expect(await mediaOf(testbed, media.id)).toMatchObject({ status: 'READY' });
});

/** A service sweeps when it starts, and waits for that when it closes. */
async function sweep(variables: Record<string, string> = queue): Promise<void> {
  await (await startService(service, { ...testbed.environment, ...variables })).close();
}

async function age(media: readonly { id: string }[]): Promise<void> {
  const statement = `update media set (created_at, unused_since) =
    (select created_at - interval '25 hours', unused_since - interval '25 hours') where id = any($1)`;
  await testbed.sql(statement, [media.map(({ id }) => id)]);
}

/** The service that uses media reports that it does not use these. */
async function release(media: readonly { id: string }[]): Promise<void> {
  for (const { id } of media) await react(mediaReleased, id, {});
}

/** The data of the events that ask for the release of a file. */
async function questionsAbout(id: string): Promise<object[]> {
  const statement = `select data from event_outbox where subject = $1 and type = 'MediaUnused'`;
  return (await testbed.sql<{ data: object }>(statement, [id])).map(({ data }) => data);
}

async function setAvatar(avatarId: string): Promise<void> {
  expect((await updateProfile({ avatarId })).errors).toEqual([]);
}

function updateProfile(input: object): Promise<GraphqlResponse> {
  const document = 'mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { user { id } } }';
  return testbed.request(document, { caller: owner, variables: { input } });
}

const holder = randomUUID();

interface Use {
  place?: string;
  holderId?: string;
  /** Orders the events of one use. */
  second?: number;
}

async function react(definition: EventDefinition, mediaId: string, { place = '', holderId = holder, second = 0 }: Use) {
  const { source, type, version } = definition;
  const time = new Date(Date.UTC(2026, 0, 1, 12, 0, second)).toISOString();
  const data = definition.data.parse({ mediaId, ...(place && { place, holderId }) });
  const event = { id: randomUUID(), source, type, version, subject: mediaId, time, data };
  const reaction = mediaReactions.find((one) => one.definition === definition);
  await testbed.transaction(async (manager) => reaction?.apply(event, manager));
}
