import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { startService, type TestService } from '@marquee/testkit/test-service';
import { service } from '../../src/service.js';
import { openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';
import { filesKept } from '../fixtures/media-directory.js';
import { jpeg } from '../fixtures/media-files.js';
import { at, mediaOf, send, settled, ticketFor } from '../fixtures/uploads.js';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

describe('When the storage fails', () => {
  test('an upload is tried four times and becomes a dead letter that its owner is told of', async () => {
    const world = await open();
    await breakStorage(world);
    const media = await settled(world, await sent(world));
    expect(media).toMatchObject({
      status: 'REJECTED',
      rejectedBecause: 'It could not be processed: please upload it again.',
      url: null,
    });
    expect(await deadLetters(world)).toEqual([
      { media_id: media.id, attempts: 4, failure: expect.stringContaining('ENOTDIR') },
    ]);
    expect(await filesKept(directoryOf(world))).toEqual(['media']);
  });

  test('and works again in time, the upload becomes READY', async () => {
    const world = await open({ MEDIA_RETRY_SECONDS: '0.1' });
    await breakStorage(world);
    const id = await sent(world);
    await attempted(world, id);
    await mendStorage(world);
    const media = await settled(world, id);
    expect([media.status, (await fetch(at(world, media.url))).status]).toEqual(['READY', 200]);
    expect(await deadLetters(world)).toEqual([]);
  });

  test('while a file comes in, its sender is told so and may send it again', async () => {
    const world = await open();
    const file = await jpeg();
    const ticket = await ticketFor(world, await world.person(), avatar(file.length));
    await rm(directoryOf(world, 'drafts'), { recursive: true });
    expect((await send(world, ticket, file)).status).toBe(500);
    await mkdir(directoryOf(world, 'drafts'));
    expect((await send(world, ticket, file)).status).toBe(204);
    expect(await settled(world, ticket.media.id)).toMatchObject({ status: 'READY' });
  });
});

describe('When the service stops in the middle', () => {
  test('the next one finishes what was uploaded', async () => {
    const world = await open({ MEDIA_RETRY_SECONDS: '60' });
    await breakStorage(world);
    const id = await sent(world);
    await attempted(world, id);
    await world.stop();
    await mendStorage(world);
    const next = await again(world);
    expect(await settled(next, id)).toMatchObject({ status: 'READY' });
  });

  test('the next one begins what nobody had begun', async () => {
    const world = await open();
    const file = await jpeg();
    const { media } = await ticketFor(world, await world.person(), avatar(file.length));
    await world.stop();
    await writeFile(join(directoryOf(world, 'incoming'), media.id), file);
    expect(await settled(await again(world), media.id)).toMatchObject({ status: 'READY' });
  });

  test('a file that stopped it every time is not tried for ever', async () => {
    const world = await open();
    const file = await jpeg();
    const { media } = await ticketFor(world, await world.person(), avatar(file.length));
    await world.stop();
    await writeFile(join(directoryOf(world, 'incoming'), media.id), file);
    await world.sql(`update media set status = 'PROCESSING', attempts = 4 where id = $1`, [media.id]);
    expect(await settled(await again(world), media.id)).toMatchObject({ status: 'REJECTED' });
    expect(await deadLetters(world)).toEqual([
      { media_id: media.id, attempts: 5, failure: 'Every attempt ended the process.' },
    ]);
  });

  test('what it had finished stays as it is, and what belongs to nothing is cleared away', async () => {
    const world = await open();
    const id = await sent(world);
    const before = await settled(world, id);
    await world.stop();
    const incoming = directoryOf(world, 'incoming');
    for (const name of [id, 'stray', '019a0000-0000-7000-8000-00000000ffff'])
      await writeFile(join(incoming, name), 'x');
    const next = await again(world);
    expect(await filesKept(directoryOf(world))).toEqual([`media/${id}/original.jpg`, `media/${id}/thumbnail.jpg`]);
    expect(await mediaOf(next, id)).toEqual(before);
  });
});

test('an upload that is gone when its turn comes is rejected', async () => {
  const world = await open({ MEDIA_RETRY_SECONDS: '0.2' });
  await breakStorage(world);
  const id = await sent(world);
  await attempted(world, id);
  await rm(join(directoryOf(world, 'incoming'), id));
  expect(await settled(world, id)).toMatchObject({
    status: 'REJECTED',
    rejectedBecause: 'What was uploaded is gone: please upload it again.',
  });
});

async function open(variables: Record<string, string> = {}): Promise<UsersTestbed> {
  const world = await openUsersTestbed(variables);
  opened.push(world);
  return world;
}

async function again({ environment }: UsersTestbed): Promise<TestService> {
  const next = await startService(service, environment);
  opened.push(next);
  return next;
}

async function sent(world: UsersTestbed, caller?: UserCaller): Promise<string> {
  const file = await jpeg();
  const ticket = await ticketFor(world, caller ?? (await world.person()), avatar(file.length));
  expect((await send(world, ticket, file)).status).toBe(204);
  return ticket.media.id;
}

/** Waits until it was tried once and failed: from then on it waits for the next time. */
async function attempted(world: UsersTestbed, id: string): Promise<void> {
  for (;;) {
    const [row] = await world.sql<{ attempts: number }>('select attempts from media where id = $1', [id]);
    if (row?.attempts === 1) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Nothing can be published where the folder is a file. */
async function breakStorage(world: UsersTestbed): Promise<void> {
  await rm(directoryOf(world, 'media'), { recursive: true });
  await writeFile(directoryOf(world, 'media'), '');
}

async function mendStorage(world: UsersTestbed): Promise<void> {
  await rm(directoryOf(world, 'media'));
}

function deadLetters(world: UsersTestbed): Promise<object[]> {
  return world.sql('select media_id, attempts, failure from media_dead_letters');
}

function directoryOf({ environment }: UsersTestbed, folder = ''): string {
  return join(environment['MEDIA_DIRECTORY'] ?? '', folder);
}

function avatar(bytes: number) {
  return { purpose: 'AVATAR', contentType: 'image/jpeg', bytes };
}
