import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createOwnedIds } from '@marquee/chassis/identity/owned-id';
import { machineCaller } from '@marquee/testkit/callers';
import sharp from 'sharp';
import { badPaths, codes, openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';
import { filesKept, mediaKey } from '../fixtures/media-directory.js';
import * as files from '../fixtures/media-files.js';
import { at, createUpload, mediaOf, send, processed, requestUpload, upload } from '../fixtures/uploads.js';

const megabyte = 1024 * 1024;

let testbed: UsersTestbed;
beforeAll(async () => void (testbed = await openUsersTestbed()));
afterAll(() => testbed.close());

describe('createUpload', () => {
  test('returns a PENDING media', async () => {
    const input = { purpose: 'AVATAR', contentType: 'image/png', bytes: 1234 };
    const { media } = await requestUpload(testbed, await testbed.person(), input);
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

  test('returns an id that proves owner and purpose', async () => {
    const person = await testbed.person();
    const { media } = await requestUpload(testbed, person, { purpose: 'COVER', contentType: 'image/png', bytes: 1 });
    const ids = createOwnedIds(mediaKey);
    expect(ids.belongsTo(media.id, person.id, 'COVER')).toBe(true);
    expect(ids.belongsTo(media.id, person.id, 'AVATAR')).toBe(false);
    expect(ids.belongsTo(media.id, (await testbed.person()).id, 'COVER')).toBe(false);
  });

  test('returns a policy for one type, key and size, valid for 300 seconds', async () => {
    const before = Date.now();
    const ticket = await requestUpload(testbed, await testbed.person(), avatar(4321));
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
  ])('accepts %s of %s up to %i bytes', async (purpose, contentType, bytes) => {
    const caller = await testbed.person();
    expect((await createUpload(testbed, caller, { purpose, contentType, bytes })).errors).toEqual([]);
    const beyond = await createUpload(testbed, caller, { purpose, contentType, bytes: bytes + 1 });
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
  ])('rejects %s of %s', async (purpose, contentType) => {
    const response = await createUpload(testbed, await testbed.person(), { purpose, contentType, bytes: 1000 });
    expect([codes(response), badPaths(response)]).toEqual([['BAD_USER_INPUT'], ['input.contentType']]);
  });

  test('reports every problem at once', async () => {
    const input = { purpose: 'AVATAR', contentType: 'text/html', bytes: 0 };
    expect(badPaths(await createUpload(testbed, await testbed.person(), input))).toEqual([
      'input.contentType',
      'input.bytes',
    ]);
  });

  test('requires a signed-in user with an open account', async () => {
    const closed = await testbed.person();
    await testbed.sql('update users set is_active = false where id = $1', [closed.id]);
    expect(codes(await createUpload(testbed, undefined, avatar(1)))).toEqual(['UNAUTHENTICATED']);
    expect(codes(await createUpload(testbed, closed, avatar(1)))).toEqual(['UNAUTHENTICATED']);
    expect(codes(await createUpload(testbed, machineCaller('shows.write'), avatar(1)))).toEqual(['FORBIDDEN']);
  });
});

describe('an upload', () => {
  test.each([
    ['AVATAR', 'image/jpeg', files.jpeg, [600, 400]],
    ['COVER', 'image/webp', files.webp, [500, 500]],
    ['PORTFOLIO', 'image/png', files.png, [300, 500]],
    ['JOB_ATTACHMENT', 'image/png', files.png, [300, 500]],
    ['BOOK_COVER', 'image/jpeg', files.jpeg, [600, 400]],
  ] as const)(
    'for %s of %s becomes READY and is served with its thumbnail',
    async (purpose, contentType, make, size) => {
      const media = await upload(testbed, await testbed.person(), { purpose, contentType }, await make());
      expect(media).toMatchObject({ purpose, contentType, status: 'READY', width: size[0], height: size[1] });
      const original = await fetch(at(testbed, media.url));
      const bytes = Buffer.from(await original.arrayBuffer());
      expect([bytes.length, original.headers.get('content-type')]).toEqual([media.bytes, contentType]);
      const thumbnail = await fetch(at(testbed, media.thumbnail));
      const small = await sharp(Buffer.from(await thumbnail.arrayBuffer())).metadata();
      expect(small).toMatchObject({ format: 'jpeg', width: 256, height: 256 });
    },
  );

  test.each(['PORTFOLIO', 'JOB_ATTACHMENT'])(
    'for %s may be a PDF, which is served as an attachment',
    async (purpose) => {
      const input = { purpose, contentType: 'application/pdf' };
      const media = await upload(testbed, await testbed.person(), input, files.pdf());
      expect(media).toMatchObject({ status: 'READY', width: null, height: null, thumbnail: null });
      const response = await fetch(at(testbed, media.url));
      expect(response.headers.get('content-type')).toBe('application/pdf');
      expect(response.headers.get('content-disposition')).toBe('attachment');
      expect(Buffer.from(await response.arrayBuffer())).toEqual(files.pdf());
    },
  );

  test('is served upright and without camera metadata', async () => {
    const media = await upload(testbed, await testbed.person(), avatar(), await files.phonePhoto());
    expect([media.width, media.height]).toEqual([480, 640]);
    const served = Buffer.from(await (await fetch(at(testbed, media.url))).arrayBuffer());
    expect((await sharp(served).metadata()).exif).toBeUndefined();
    expect(served.toString('latin1')).not.toContain('A Phone');
  });

  test('is served with headers for caching and against content sniffing', async () => {
    const media = await upload(testbed, await testbed.person(), avatar(), await files.jpeg());
    const { headers } = await fetch(at(testbed, media.url), { method: 'HEAD' });
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'content-length': String(media.bytes),
      'content-disposition': 'inline',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'public, max-age=31536000, s-maxage=3600, immutable',
    });
  });

  test('is accepted from pages of other origins', async () => {
    const ticket = await requestUpload(testbed, await testbed.person(), avatar(1));
    const preflight = await fetch(at(testbed, ticket.url), { method: 'OPTIONS' });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
  });

  test('has no URL and is not served until it is READY', async () => {
    const file = await files.jpeg();
    const ticket = await requestUpload(testbed, await testbed.person(), avatar(file.length));
    expect(await mediaOf(testbed, ticket.media.id)).toMatchObject({ status: 'PENDING', url: null, thumbnail: null });
    expect((await fetch(`${testbed.url}/media/${ticket.media.id}/original.jpg`)).status).toBe(404);
    await send(testbed, ticket, file);
    const { status, url } = await processed(testbed, ticket.media.id);
    expect([status, (await fetch(at(testbed, url))).status]).toEqual(['READY', 200]);
  });

  test('leaves only the published files', async () => {
    const media = await upload(testbed, await testbed.person(), avatar(), await files.jpeg());
    const kept = (await filesKept(testbed.environment.MEDIA_DIRECTORY ?? '')).filter((name) => name.includes(media.id));
    expect(kept).toEqual([`media/${media.id}/original.jpg`, `media/${media.id}/thumbnail.jpg`]);
  });

  test('becomes READY also among ten concurrent ones', async () => {
    const [person, file] = [await testbed.person(), await files.jpeg()];
    const all = await Promise.all(Array.from({ length: 10 }, () => upload(testbed, person, avatar(), file)));
    expect(all.map(({ status }) => status)).toEqual(Array(10).fill('READY'));
  });
});

describe('a reference to a media id', () => {
  test('resolves to null for a missing media', async () => {
    expect(await mediaOf(testbed, '019a0000-0000-7000-8000-00000000ffff')).toBeNull();
    expect(await mediaOf(testbed, 'no id')).toBeNull();
  });
});

function avatar(bytes?: number) {
  return { purpose: 'AVATAR', contentType: 'image/jpeg', ...(bytes !== undefined && { bytes }) };
}

function valueOf(fields: { name: string; value: string }[], wanted: string): string {
  return fields.find(({ name }) => name === wanted)?.value ?? '';
}
