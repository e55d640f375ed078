import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { startService, type TestService } from '@marquee/testkit/test-service';
import { openDirectoryStorage } from '../../src/media/storage/directory-storage.js';
import { service } from '../../src/service.js';
import { openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';
import { filesKept } from '../fixtures/media-directory.js';
import { jpeg } from '../fixtures/media-files.js';
import { at, mediaOf, send, processed, requestUpload } from '../fixtures/uploads.js';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

describe('when the storage fails', () => {
  test('an upload becomes a dead letter after four attempts, with a reason for its owner', async () => {
    const testbed = await open();
    await breakStorage(testbed);
    const media = await processed(testbed, await sent(testbed));
    expect(media).toMatchObject({
      status: 'REJECTED',
      rejectedBecause: 'The file could not be processed: please upload it again.',
      url: null,
    });
    expect(await deadLetters(testbed)).toEqual([
      { media_id: media.id, attempts: 4, failure: expect.stringContaining('ENOTDIR') },
    ]);
    expect(await filesKept(directoryOf(testbed))).toEqual(['media']);
  });

  test('an upload becomes READY if the storage recovers in time', async () => {
    const testbed = await open({ MEDIA_RETRY_SECONDS: '1' });
    await breakStorage(testbed);
    const id = await sent(testbed);
    await attempted(testbed, id);
    await mendStorage(testbed);
    const media = await processed(testbed, id);
    expect([media.status, (await fetch(at(testbed, media.url))).status]).toEqual(['READY', 200]);
    expect(await deadLetters(testbed)).toEqual([]);
  });

  test('an upload in progress fails and can be sent again', async () => {
    const testbed = await open();
    const file = await jpeg();
    const ticket = await requestUpload(testbed, await testbed.person(), avatar(file.length));
    await rm(directoryOf(testbed, 'drafts'), { recursive: true });
    expect((await send(testbed, ticket, file)).status).toBe(500);
    await mkdir(directoryOf(testbed, 'drafts'));
    expect((await send(testbed, ticket, file)).status).toBe(204);
    expect(await processed(testbed, ticket.media.id)).toMatchObject({ status: 'READY' });
  });
});

describe('when the service stops during processing', () => {
  test('the next process finishes the uploads', async () => {
    const testbed = await open({ MEDIA_RETRY_SECONDS: '60' });
    await breakStorage(testbed);
    const id = await sent(testbed);
    await attempted(testbed, id);
    await testbed.stop();
    await mendStorage(testbed);
    const next = await again(testbed);
    expect(await processed(next, id)).toMatchObject({ status: 'READY' });
  });

  test('the next process starts pending uploads', async () => {
    const testbed = await open();
    const file = await jpeg();
    const { media } = await requestUpload(testbed, await testbed.person(), avatar(file.length));
    await testbed.stop();
    await writeFile(join(directoryOf(testbed, 'incoming'), media.id), file);
    expect(await processed(await again(testbed), media.id)).toMatchObject({ status: 'READY' });
  });

  test('a file that ended the process on every attempt is not retried forever', async () => {
    const testbed = await open();
    const file = await jpeg();
    const { media } = await requestUpload(testbed, await testbed.person(), avatar(file.length));
    await testbed.stop();
    await writeFile(join(directoryOf(testbed, 'incoming'), media.id), file);
    await testbed.sql(`update media set status = 'PROCESSING', attempts = 4 where id = $1`, [media.id]);
    expect(await processed(await again(testbed), media.id)).toMatchObject({ status: 'REJECTED' });
    expect(await deadLetters(testbed)).toEqual([
      { media_id: media.id, attempts: 5, failure: 'Every attempt ended the process.' },
    ]);
  });

  test('finished uploads stay unchanged, and files without a row are deleted', async () => {
    const testbed = await open();
    const id = await sent(testbed);
    const before = await processed(testbed, id);
    await testbed.stop();
    const incoming = directoryOf(testbed, 'incoming');
    for (const name of [id, 'stray', '019a0000-0000-7000-8000-00000000ffff'])
      await writeFile(join(incoming, name), 'x');
    const next = await again(testbed);
    expect(await filesKept(directoryOf(testbed))).toEqual([`media/${id}/original.jpg`, `media/${id}/thumbnail.jpg`]);
    expect(await mediaOf(next, id)).toEqual(before);
  });
});

test('another replica that opens the directory neither ends the writes of this one nor keeps old drafts', async () => {
  const testbed = await open();
  const options = {
    directory: directoryOf(testbed),
    url: 'http://127.0.0.1',
    validSeconds: 60,
    secret: Buffer.alloc(32),
  };
  const storage = await openDirectoryStorage(options);
  const [old, recent] = ['old', 'recent'].map((name) => directoryOf(testbed, join('drafts', name))) as [string, string];
  for (const path of [old, recent]) await writeFile(path, 'x');
  await utimes(old, 0, 0);
  const ids = Array.from({ length: 50 }, () => randomUUID());
  const writing = Promise.all(ids.map((id) => storage.storeUpload(id, Buffer.alloc(100_000))));
  for (let times = 0; times < 10; times += 1) await openDirectoryStorage(options);
  await writing;
  expect(await readdir(directoryOf(testbed, 'drafts'))).toEqual(['recent']);
  expect((await storage.pendingUploads()).toSorted()).toEqual(ids.toSorted());
});

test('rejects an upload whose file is missing', async () => {
  const testbed = await open({ MEDIA_RETRY_SECONDS: '1' });
  await breakStorage(testbed);
  const id = await sent(testbed);
  await attempted(testbed, id);
  await rm(join(directoryOf(testbed, 'incoming'), id));
  expect(await processed(testbed, id)).toMatchObject({
    status: 'REJECTED',
    rejectedBecause: 'The uploaded file is missing: please upload it again.',
  });
});

async function open(variables: Record<string, string> = {}): Promise<UsersTestbed> {
  const testbed = await openUsersTestbed(variables);
  opened.push(testbed);
  return testbed;
}

async function again({ environment }: UsersTestbed): Promise<TestService> {
  const next = await startService(service, environment);
  opened.push(next);
  return next;
}

async function sent(testbed: UsersTestbed, caller?: UserCaller): Promise<string> {
  const file = await jpeg();
  const ticket = await requestUpload(testbed, caller ?? (await testbed.person()), avatar(file.length));
  expect((await send(testbed, ticket, file)).status).toBe(204);
  return ticket.media.id;
}

/** Waits for the first failed attempt, after which the upload waits for its retry. */
async function attempted(testbed: UsersTestbed, id: string): Promise<void> {
  for (;;) {
    const [row] = await testbed.sql<{ attempts: number }>('select attempts from media where id = $1', [id]);
    if (row && row.attempts > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Makes publishing fail by replacing the folder with a file. */
async function breakStorage(testbed: UsersTestbed): Promise<void> {
  await rm(directoryOf(testbed, 'media'), { recursive: true });
  await writeFile(directoryOf(testbed, 'media'), '');
}

async function mendStorage(testbed: UsersTestbed): Promise<void> {
  await rm(directoryOf(testbed, 'media'));
}

function deadLetters(testbed: UsersTestbed): Promise<object[]> {
  return testbed.sql('select media_id, attempts, failure from media_dead_letters');
}

function directoryOf({ environment }: UsersTestbed, folder = ''): string {
  return join(environment['MEDIA_DIRECTORY'] ?? '', folder);
}

function avatar(bytes: number) {
  return { purpose: 'AVATAR', contentType: 'image/jpeg', bytes };
}
