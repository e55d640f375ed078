import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';
import { filesKept } from '../fixtures/media-directory.js';
import * as files from '../fixtures/media-files.js';
import {
  at,
  mediaOf,
  send,
  processed,
  type TestForm,
  type TestUpload,
  requestUpload,
  upload,
} from '../fixtures/uploads.js';

let testbed: UsersTestbed;
let person: UserCaller;
beforeAll(async () => {
  testbed = await openUsersTestbed();
  person = await testbed.person();
});
afterAll(() => testbed.close());

describe('a file that differs from its declaration is rejected', () => {
  test.each<[string, string, () => Buffer | Promise<Buffer>, string]>([
    [
      'the magic bytes of another type',
      'image/png',
      files.jpeg,
      'declared as image/png, but its content is image/jpeg',
    ],
    ['an SVG with a script', 'image/png', () => files.svgWithScript, 'of an unknown type'],
    ['a decompression bomb', 'image/png', () => files.bomb(), 'The picture has 20000 x 20000 pixels'],
    ['a picture that is a web page', 'image/jpeg', files.jpegWithPage, 'a picture and a web page at the same time'],
    ['a picture that is a PDF', 'image/jpeg', files.jpegThenPdf, 'a picture and a PDF at the same time'],
    ['a PDF that is a picture', 'application/pdf', files.pdfThenJpeg, 'does not end like a PDF'],
  ])('%s', async (_, contentType, make, reason) => {
    const media = await upload(testbed, person, { purpose: 'PORTFOLIO', contentType }, await make());
    expect(media).toMatchObject({ status: 'REJECTED', url: null, thumbnail: null });
    expect(media.rejectedBecause).toContain(reason);
    expect((await stored()).filter((name) => name.includes(media.id))).toEqual([]);
  });
});

describe('a form that does not match its policy is rejected without storing anything', () => {
  test.each<[string, (ticket: TestUpload) => TestForm]>([
    ['another key', (ticket) => changed(ticket, 'key', 'incoming/019a0000-0000-7000-8000-000000000001')],
    ['a key outside the folder', (ticket) => changed(ticket, 'key', '../../etc/passwd')],
    ['another content type', (ticket) => changed(ticket, 'Content-Type', 'text/html')],
    ['another policy', (ticket) => changed(ticket, 'Policy', widened(ticket))],
    ['another signature', (ticket) => changed(ticket, 'X-Marquee-Signature', '00'.repeat(32))],
    ['an empty signature', (ticket) => changed(ticket, 'X-Marquee-Signature', '')],
    ['an additional field', ({ fields }) => ({ fields: [...fields, { name: 'acl', value: 'public-read' }] })],
    ['no signature', (ticket) => without(ticket, 'X-Marquee-Signature')],
    ['no key', (ticket) => without(ticket, 'key')],
    ['no content type', (ticket) => without(ticket, 'Content-Type')],
    ['no fields', () => ({ fields: [] })],
    ['the file before the fields', () => ({ fileFirst: true })],
  ])('%s', async (_, tamper) => {
    const file = await files.jpeg();
    const ticket = await requestUpload(testbed, person, avatar(file.length));
    const response = await send(testbed, ticket, file, tamper(ticket));
    expect([response.status, await response.json()]).toEqual([
      403,
      { code: 'AccessDenied', message: expect.stringMatching(/\.$/) },
    ]);
    expect(await mediaOf(testbed, ticket.media.id)).toMatchObject({ status: 'PENDING' });
    expect((await stored()).filter((name) => name.includes(ticket.media.id))).toEqual([]);
  });

  test('a duplicate field', async () => {
    const ticket = await requestUpload(testbed, person, avatar(1000));
    const fields = [...ticket.fields, { name: 'key', value: 'incoming/other' }];
    expect(await refusal(ticket, Buffer.alloc(10), { fields })).toEqual([400, 'MalformedPOSTRequest']);
  });

  test('a file larger than declared', async () => {
    const ticket = await requestUpload(testbed, person, avatar(1000));
    expect(await refusal(ticket, Buffer.alloc(1001))).toEqual([400, 'EntityTooLarge']);
  });

  test('a file far larger than any limit', async () => {
    const ticket = await requestUpload(testbed, person, avatar(5 * 1024 * 1024));
    expect(await refusal(ticket, Buffer.alloc(12 * 1024 * 1024))).toEqual([400, 'EntityTooLarge']);
  });

  test('an empty file', async () => {
    const ticket = await requestUpload(testbed, person, avatar(1000));
    expect(await refusal(ticket, Buffer.alloc(0))).toEqual([400, 'EntityTooSmall']);
  });

  test('a second file with the same policy', async () => {
    const file = await files.jpeg();
    const ticket = await requestUpload(testbed, person, avatar(file.length));
    await send(testbed, ticket, file);
    const first = await processed(testbed, ticket.media.id);
    expect(await refusal(ticket, file)).toEqual([409, 'AlreadyUploaded']);
    expect(await mediaOf(testbed, ticket.media.id)).toEqual(first);
  });

  test('an expired policy', async () => {
    const hasty = await openUsersTestbed({ MEDIA_TICKET_SECONDS: '1' });
    const ticket = await requestUpload(hasty, await hasty.person(), avatar(1000));
    while (Date.now() <= Date.parse(ticket.expiresAt)) await new Promise((resolve) => setTimeout(resolve, 50));
    const response = await send(hasty, ticket, Buffer.alloc(10));
    expect([response.status, (await response.json()) as object]).toEqual([
      403,
      { code: 'AccessDenied', message: 'The policy has expired: request a new upload.' },
    ]);
    await hasty.close();
  });

  test('a body that is not a form', async () => {
    const { url } = await requestUpload(testbed, person, avatar(1000));
    const asJson = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    expect((await fetch(at(testbed, url), asJson)).status).toBe(400);
    const boundless = { method: 'POST', headers: { 'content-type': 'multipart/form-data' }, body: 'x' };
    expect((await fetch(at(testbed, url), boundless)).status).toBe(400);
    const cutOff = { ...boundless, headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: '--x\r\n' };
    expect((await fetch(at(testbed, url), cutOff)).status).toBe(400);
    expect((await fetch(at(testbed, url))).status).toBe(405);
  });

  test('a form without a file', async () => {
    const ticket = await requestUpload(testbed, person, avatar(1000));
    const body = new FormData();
    for (const { name, value } of ticket.fields) body.append(name, value);
    expect((await fetch(at(testbed, ticket.url), { method: 'POST', body })).status).toBe(400);
  });
});

describe('a path', () => {
  test.each([
    '../../../tmp/escaped.jpg',
    '/etc/passwd',
    'C:\\windows\\x.jpg',
    'a\u0000.jpg',
    '.',
    '%2e%2e%2fx',
    '"; x="',
  ])('in a file name, such as %j, has no effect', async (fileName) => {
    const file = await files.jpeg();
    const ticket = await requestUpload(testbed, person, avatar(file.length));
    expect((await send(testbed, ticket, file, { fileName, type: 'text/html' })).status).toBe(204);
    expect(await processed(testbed, ticket.media.id)).toMatchObject({ status: 'READY', contentType: 'image/jpeg' });
    expect((await stored()).filter((name) => !/^media\/[0-9a-f-]{36}\/(original|thumbnail)\.jpg$/.test(name))).toEqual(
      [],
    );
  });

  test.each([
    '/media/../incoming/secret',
    '/media/%2e%2e/incoming/secret',
    '/media/..%2fincoming%2fsecret',
    '/media/019a0000-0000-7000-8000-000000000001/../../incoming/secret',
    '/media/019a0000-0000-7000-8000-000000000001/original.jpg/',
    '/media/019a0000-0000-7000-8000-000000000001/original.html',
    '/media//etc/passwd',
    '/media/',
  ])('such as %s is not served', async (path) => {
    expect(await statusOf(path)).toBe(404);
  });

  test('of a file allows only GET and HEAD', async () => {
    const media = await upload(testbed, person, avatar(), await files.jpeg());
    for (const method of ['PUT', 'POST', 'DELETE'])
      expect((await fetch(at(testbed, media.url), { method })).status).toBe(405);
  });
});

async function refusal(ticket: TestUpload, file: Buffer, form?: TestForm): Promise<unknown[]> {
  const response = await send(testbed, ticket, file, form);
  return [response.status, ((await response.json()) as { code: string }).code];
}

function changed({ fields }: TestUpload, wanted: string, value: string): TestForm {
  return { fields: fields.map((field) => (field.name === wanted ? { ...field, value } : field)) };
}

function without({ fields }: TestUpload, unwanted: string): TestForm {
  return { fields: fields.filter(({ name }) => name !== unwanted) };
}

/** The policy with a thousand times the size. */
function widened({ fields }: TestUpload): string {
  const policy = JSON.parse(
    Buffer.from(fields.find(({ name }) => name === 'Policy')?.value ?? '', 'base64').toString(),
  );
  policy.conditions[2][2] *= 1000;
  return Buffer.from(JSON.stringify(policy)).toString('base64');
}

function stored(): Promise<string[]> {
  return filesKept(testbed.environment.MEDIA_DIRECTORY ?? '');
}

/** Sends the path unchanged: `fetch` would normalize it. */
function statusOf(path: string): Promise<number | undefined> {
  const { hostname, port } = new URL(testbed.url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });
}

function avatar(bytes?: number) {
  return { purpose: 'AVATAR', contentType: 'image/jpeg', ...(bytes !== undefined && { bytes }) };
}
