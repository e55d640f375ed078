import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createOwnedIds } from '@marquee/chassis/identity/owned-id';
import { machineCaller } from '@marquee/testkit/callers';
import sharp from 'sharp';
import { badPaths, codes, openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';
import { filesKept, mediaKey } from '../fixtures/media-directory.js';
import * as files from '../fixtures/media-files.js';
import { at, createUpload, mediaOf, send, settled, ticketFor, upload } from '../fixtures/uploads.js';

const megabyte = 1024 * 1024;

let world: UsersTestbed;
beforeAll(async () => void (world = await openUsersTestbed()));
afterAll(() => world.close());

describe('A ticket', () => {
  test('is for a medium that waits for its file', async () => {
    const input = { purpose: 'AVATAR', contentType: 'image/png', bytes: 1234 };
    const { media } = await ticketFor(world, await world.person(), input);
    expect(media).toEqual({
      ...input,
      id: expect.any(String),
      status: 'PENDING',
      width: null,
      height: null,
      url: null,
      rejectedBecause: null,
    });
  });

  test('names a medium whose id proves whose it is and what for', async () => {
    const person = await world.person();
    const { media } = await ticketFor(world, person, { purpose: 'COVER', contentType: 'image/png', bytes: 1 });
    const ids = createOwnedIds(mediaKey);
    expect(ids.belongsTo(media.id, person.id, 'COVER')).toBe(true);
    expect(ids.belongsTo(media.id, person.id, 'AVATAR')).toBe(false);
    expect(ids.belongsTo(media.id, (await world.person()).id, 'COVER')).toBe(false);
  });

  test('counts for 300 seconds and says so in its policy, with the one type, key and size that it is for', async () => {
    const before = Date.now();
    const ticket = await ticketFor(world, await world.person(), avatar(4321));
    const policy = JSON.parse(Buffer.from(valueOf(ticket.fields, 'Policy'), 'base64').toString());
    expect(policy).toEqual({
      expiration: ticket.expiresAt,
      conditions: [
        { key: `incoming/${ticket.media.id}` },
        { 'Content-Type': 'image/jpeg' },
        ['content-length-range', 1, 4321],
      ],
    });
    expect(Math.round((Date.parse(ticket.expiresAt) - before) / 1000)).toBe(300);
  });

  test.each([
    ['AVATAR', 'image/jpeg', 5 * megabyte],
    ['COVER', 'image/webp', 5 * megabyte],
    ['BOOK_COVER', 'image/png', 10 * megabyte],
    ['PORTFOLIO', 'application/pdf', 10 * megabyte],
    ['JOB_ATTACHMENT', 'application/pdf', 10 * megabyte],
  ])('is given for %s of %s up to %i bytes and not beyond', async (purpose, contentType, bytes) => {
    const caller = await world.person();
    expect((await createUpload(world, caller, { purpose, contentType, bytes })).errors).toEqual([]);
    const beyond = await createUpload(world, caller, { purpose, contentType, bytes: bytes + 1 });
    expect([codes(beyond), badPaths(beyond)]).toEqual([['BAD_USER_INPUT'], ['input.bytes']]);
  });

  test.each([
    ['AVATAR', 'application/pdf'],
    ['COVER', 'application/pdf'],
    ['BOOK_COVER', 'application/pdf'],
    ['PORTFOLIO', 'image/svg+xml'],
    ['PORTFOLIO', 'text/html'],
    ['JOB_ATTACHMENT', 'image/gif'],
    ['AVATAR', 'image/jpeg; charset=utf-8'],
    ['AVATAR', 'IMAGE/JPEG'],
  ])('is not given for %s of %s', async (purpose, contentType) => {
    const answer = await createUpload(world, await world.person(), { purpose, contentType, bytes: 1000 });
    expect([codes(answer), badPaths(answer)]).toEqual([['BAD_USER_INPUT'], ['input.contentType']]);
  });

  test('is refused with every problem at once', async () => {
    const input = { purpose: 'AVATAR', contentType: 'text/html', bytes: 0 };
    expect(badPaths(await createUpload(world, await world.person(), input))).toEqual([
      'input.contentType',
      'input.bytes',
    ]);
  });

  test('is for signed-in people with an open account', async () => {
    const closed = await world.person();
    await world.sql('update users set is_active = false where id = $1', [closed.id]);
    expect(codes(await createUpload(world, undefined, avatar(1)))).toEqual(['UNAUTHENTICATED']);
    expect(codes(await createUpload(world, closed, avatar(1)))).toEqual(['UNAUTHENTICATED']);
    expect(codes(await createUpload(world, machineCaller('shows.write'), avatar(1)))).toEqual(['FORBIDDEN']);
  });
});

describe('An upload', () => {
  test.each([
    ['AVATAR', 'image/jpeg', files.jpeg, [600, 400]],
    ['COVER', 'image/webp', files.webp, [500, 500]],
    ['PORTFOLIO', 'image/png', files.png, [300, 500]],
    ['JOB_ATTACHMENT', 'image/png', files.png, [300, 500]],
    ['BOOK_COVER', 'image/jpeg', files.jpeg, [600, 400]],
  ] as const)(
    'for %s of %s becomes READY and is served with its thumbnail',
    async (purpose, contentType, make, size) => {
      const media = await upload(world, await world.person(), { purpose, contentType }, await make());
      expect(media).toMatchObject({ purpose, contentType, status: 'READY', width: size[0], height: size[1] });
      const original = await fetch(at(world, media.url));
      const bytes = Buffer.from(await original.arrayBuffer());
      expect([bytes.length, original.headers.get('content-type')]).toEqual([media.bytes, contentType]);
      const thumbnail = await fetch(at(world, media.thumbnail));
      const small = await sharp(Buffer.from(await thumbnail.arrayBuffer())).metadata();
      expect(small).toMatchObject({ format: 'jpeg', width: 256, height: 256 });
    },
  );

  test.each(['PORTFOLIO', 'JOB_ATTACHMENT'])('for %s may be a PDF, which is served to be saved', async (purpose) => {
    const input = { purpose, contentType: 'application/pdf' };
    const media = await upload(world, await world.person(), input, files.pdf());
    expect(media).toMatchObject({ status: 'READY', width: null, height: null, thumbnail: null });
    const response = await fetch(at(world, media.url));
    expect(response.headers.get('content-type')).toBe('application/pdf');
    expect(response.headers.get('content-disposition')).toBe('attachment');
    expect(Buffer.from(await response.arrayBuffer())).toEqual(files.pdf());
  });

  test('is served upright, without what the camera wrote', async () => {
    const media = await upload(world, await world.person(), avatar(), await files.phonePhoto());
    expect([media.width, media.height]).toEqual([480, 640]);
    const served = Buffer.from(await (await fetch(at(world, media.url))).arrayBuffer());
    expect((await sharp(served).metadata()).exif).toBeUndefined();
    expect(served.toString('latin1')).not.toContain('A Phone');
  });

  test('is served so that a browser takes it for a picture only and keeps it', async () => {
    const media = await upload(world, await world.person(), avatar(), await files.jpeg());
    const { headers } = await fetch(at(world, media.url), { method: 'HEAD' });
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'content-length': String(media.bytes),
      'content-disposition': 'inline',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'public, max-age=31536000, immutable',
    });
  });

  test('is taken from a page of another origin', async () => {
    const ticket = await ticketFor(world, await world.person(), avatar(1));
    const preflight = await fetch(at(world, ticket.url), { method: 'OPTIONS' });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
  });

  test('has no address and is not readable until it is READY', async () => {
    const file = await files.jpeg();
    const ticket = await ticketFor(world, await world.person(), avatar(file.length));
    expect(await mediaOf(world, ticket.media.id)).toMatchObject({ status: 'PENDING', url: null, thumbnail: null });
    expect((await fetch(`${world.url}/media/${ticket.media.id}/original.jpg`)).status).toBe(404);
    await send(world, ticket, file);
    const { status, url } = await settled(world, ticket.media.id);
    expect([status, (await fetch(at(world, url))).status]).toEqual(['READY', 200]);
  });

  test('leaves nothing but what is served', async () => {
    const media = await upload(world, await world.person(), avatar(), await files.jpeg());
    const kept = (await filesKept(world.environment.MEDIA_DIRECTORY ?? '')).filter((name) => name.includes(media.id));
    expect(kept).toEqual([`media/${media.id}/original.jpg`, `media/${media.id}/thumbnail.jpg`]);
  });

  test('ten at once all become READY', async () => {
    const [person, file] = [await world.person(), await files.jpeg()];
    const all = await Promise.all(Array.from({ length: 10 }, () => upload(world, person, avatar(), file)));
    expect(all.map(({ status }) => status)).toEqual(Array(10).fill('READY'));
  });
});

describe('A media id that another service names', () => {
  test('is nothing when there is no such medium', async () => {
    expect(await mediaOf(world, '019a0000-0000-7000-8000-00000000ffff')).toBeNull();
    expect(await mediaOf(world, 'no id')).toBeNull();
  });
});

function avatar(bytes?: number) {
  return { purpose: 'AVATAR', contentType: 'image/jpeg', ...(bytes !== undefined && { bytes }) };
}

function valueOf(fields: { name: string; value: string }[], wanted: string): string {
  return fields.find(({ name }) => name === wanted)?.value ?? '';
}
