import { setTimeout as wait } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readSettings } from '@marquee/chassis/config/settings';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { openTcpProxy, type TcpProxy } from '@marquee/testkit/tcp-proxy';
import { startService } from '@marquee/testkit/test-service';
import { v7 } from 'uuid';
import { createHandler } from '../../src/media/processing/lambda.js';
import { openBucketEventHandler, type BucketEventHandler } from '../../src/media/processing/bucket-event-handler.js';
import { s3Storage } from '../../src/media/storage/s3-storage.js';
import { processorSettings } from '../../src/media/media-settings.js';
import { service } from '../../src/service.js';
import { openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';
import { type Bucket, openBucket } from '../fixtures/bucket-emulator.js';
import * as files from '../fixtures/media-files.js';
import { createUpload, mediaOf, processed, requestUpload } from '../fixtures/uploads.js';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const settings = {
  MEDIA_STORAGE: 's3',
  MEDIA_BUCKET: 'marquee-media-test',
  MEDIA_PUBLIC_URL: 'https://media.example.com',
  MEDIA_RETRY_SECONDS: 0.01,
  AWS_REGION: 'eu-central-1',
} as const;

describe('a presigned post of a bucket', () => {
  const client = new S3Client({ region: 'eu-central-1', credentials });
  const storage = s3Storage(client, settings, 300);
  const upload = { purpose: 'AVATAR', contentType: 'image/webp', bytes: 5000 } as never;

  test('is a POST policy for one key, one type and a maximum size, valid for 300 seconds', async () => {
    const mediaId = v7();
    const before = Date.now();
    const { url, fields, expiresAt } = await storage.presignUpload(mediaId, upload);
    const policy = JSON.parse(Buffer.from(fields['Policy'] ?? '', 'base64').toString());
    const signing = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date'].map((name) => ({ [name]: fields[name] }));
    expect(url).toBe('https://marquee-media-test.s3.eu-central-1.amazonaws.com/');
    expect(policy.conditions).toEqual([
      ['content-length-range', 1, 5000],
      { 'Content-Type': 'image/webp' },
      { bucket: 'marquee-media-test' },
      ...signing,
      { key: `incoming/${mediaId}` },
    ]);
    expect(Math.abs(Date.parse(policy.expiration) - before - 300_000)).toBeLessThan(2000);
    expect(Math.abs(expiresAt.getTime() - before - 300_000)).toBeLessThan(2000);
  });

  test('contains exactly the fields to send, including the signature', async () => {
    const mediaId = v7();
    const { fields } = await storage.presignUpload(mediaId, upload);
    expect(fields).toMatchObject({ key: `incoming/${mediaId}`, 'Content-Type': 'image/webp' });
    expect(fields['X-Amz-Signature']).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(fields)).not.toContain(credentials.secretAccessKey);
  });
});

describe('with a bucket', () => {
  let bucket: Bucket;
  let proxy: TcpProxy;
  let testbed: UsersTestbed;
  let processor: BucketEventHandler;
  beforeAll(async () => {
    bucket = await openBucket();
    proxy = await openTcpProxy(bucket.url);
    testbed = await openUsersTestbed({ ...texts(settings), S3_ENDPOINT: proxy.url });
    processor = await openBucketEventHandler(
      readSettings(processorSettings, { ...testbed.environment, LOG_LEVEL: 'silent' }),
    );
  });
  afterAll(async () => {
    await processor.close();
    await testbed.close();
    proxy.close();
    await bucket.close();
  });

  test('the service has no routes for uploads and files', async () => {
    for (const path of ['/uploads', '/media/x/original.jpg'])
      expect((await fetch(testbed.url + path)).status).toBe(404);
  });

  test('an event makes an upload READY, with HTTP headers on its files', async () => {
    const file = await files.phonePhoto();
    const { media, url } = await requestUpload(testbed, await testbed.person(), avatar(file.length));
    expect(url).toContain(settings.MEDIA_BUCKET);
    bucket.objects.set(`incoming/${media.id}`, { bytes: file, headers: {} });
    await processor.handle(eventOf(`incoming/${media.id}`));
    expect(await processed(testbed, media.id)).toMatchObject({
      status: 'READY',
      width: 480,
      height: 640,
      url: `https://media.example.com/media/${media.id}/original.jpg`,
      thumbnail: `https://media.example.com/media/${media.id}/thumbnail.jpg`,
    });
    expect(bucket.objects.get(`media/${media.id}/original.jpg`)?.headers).toMatchObject({
      'content-type': 'image/jpeg',
      'content-disposition': 'inline',
      'cache-control': 'public, max-age=31536000, s-maxage=3600, immutable',
    });
    expect(bucket.objects.has(`incoming/${media.id}`)).toBe(false);
  });

  test('a repeated event changes nothing', async () => {
    const file = await files.jpeg();
    const { media } = await requestUpload(testbed, await testbed.person(), avatar(file.length));
    bucket.objects.set(`incoming/${media.id}`, { bytes: file, headers: {} });
    await Promise.all([1, 2].map(() => processor.handle(eventOf(`incoming/${media.id}`))));
    const first = await processed(testbed, media.id);
    await processor.handle(eventOf(`incoming/${media.id}`));
    expect([first.status, await processed(testbed, media.id)]).toEqual(['READY', first]);
  });

  test('an invalid file is REJECTED and deleted', async () => {
    const { media } = await requestUpload(testbed, await testbed.person(), avatar(1000));
    bucket.objects.set(`incoming/${media.id}`, { bytes: files.svgWithScript, headers: {} });
    await processor.handle(eventOf(`incoming/${media.id}`));
    expect(await processed(testbed, media.id)).toMatchObject({ status: 'REJECTED', url: null });
    expect([...bucket.objects.keys()].filter((key) => key.includes(media.id))).toEqual([]);
  });

  test('an upload becomes a dead letter after four failures of the bucket', async () => {
    const file = await files.jpeg();
    const { media } = await requestUpload(testbed, await testbed.person(), avatar(file.length));
    bucket.objects.set(`incoming/${media.id}`, { bytes: file, headers: {} });
    bucket.failingPrefix = `media/${media.id}/`;
    await processor.handle(eventOf(`incoming/${media.id}`));
    bucket.failingPrefix = null;
    expect(await processed(testbed, media.id)).toMatchObject({ status: 'REJECTED' });
    expect(await testbed.sql('select attempts from media_dead_letters where media_id = $1', [media.id])).toEqual([
      { attempts: 4 },
    ]);
  });

  test.each([
    ['takes too long', { timeoutMs: 1 }, 'took longer than 1 ms'],
    ['needs too much memory', { maxMegabytes: 20 }, 'ended with 137'],
  ])('a file that %s becomes a dead letter, and the next one is processed', async (_, limits, failure) => {
    const environment = readSettings(processorSettings, { ...testbed.environment, LOG_LEVEL: 'silent' });
    const limited = await openBucketEventHandler(environment, limits);
    const ids: string[] = [];
    for (const file of [await files.jpeg(), await files.jpeg()]) {
      const { media } = await requestUpload(testbed, await testbed.person(), avatar(file.length));
      bucket.objects.set(`incoming/${media.id}`, { bytes: file, headers: {} });
      ids.push(media.id);
    }
    await limited.handle(eventOf(`incoming/${ids[0]}`));
    await limited.close();
    await processor.handle(eventOf(`incoming/${ids[1]}`));
    expect(await testbed.sql('select attempts, failure from media_dead_letters where media_id = $1', [ids[0]])).toEqual(
      [{ attempts: 4, failure: expect.stringContaining(failure) }],
    );
    expect(await processed(testbed, ids[1] ?? '')).toMatchObject({ status: 'READY' });
  });

  test('a picture of too many pixels is REJECTED', async () => {
    const file = files.bomb();
    const png = { ...avatar(file.length), contentType: 'image/png' };
    const { media } = await requestUpload(testbed, await testbed.person(), png);
    bucket.objects.set(`incoming/${media.id}`, { bytes: file, headers: {} });
    await processor.handle(eventOf(`incoming/${media.id}`));
    expect(await processed(testbed, media.id)).toMatchObject({
      status: 'REJECTED',
      rejectedBecause: expect.stringContaining('pixels'),
    });
  });

  test('deleteMyAccount removes the pictures of the profile from the bucket', async () => {
    const [person, file] = [await testbed.person(), await files.jpeg()];
    const { media } = await requestUpload(testbed, person, avatar(file.length));
    bucket.objects.set(`incoming/${media.id}`, { bytes: file, headers: {} });
    await processor.handle(eventOf(`incoming/${media.id}`));
    expect([...bucket.objects.keys()].filter((key) => key.includes(media.id))).toHaveLength(2);
    await testbed.request('mutation { deleteMyAccount(input: {}) { user { id } } }', { caller: person });
    expect([...bucket.objects.keys()].filter((key) => key.includes(media.id))).toEqual([]);
  });

  test('while the bucket is silent for 6 s, an account is deleted at once, and an upload is processed soon after', async () => {
    const [person, other, file] = [await testbed.person(), await testbed.person(), await files.jpeg()];
    const uploads = [
      await requestUpload(testbed, person, avatar(file.length)),
      await requestUpload(testbed, other, avatar(file.length)),
    ];
    for (const { media } of uploads) bucket.objects.set(`incoming/${media.id}`, { bytes: file, headers: {} });
    const [mine, others] = uploads.map(({ media }) => media.id);
    await processor.handle(eventOf(`incoming/${mine}`));
    proxy.swallow();
    const processing = processor.handle(eventOf(`incoming/${others}`));
    const unrelated = await testbed.person();
    const usualFrom = performance.now();
    await testbed.request('mutation { deleteMyAccount(input: {}) { user { id } } }', { caller: unrelated });
    const usualMs = performance.now() - usualFrom;
    const startedAt = performance.now();
    const { errors } = await testbed.request('mutation { deleteMyAccount(input: {}) { user { id } } }', {
      caller: person,
    });
    expect([errors, performance.now() - startedAt < 5_000 + 10 * usualMs]).toEqual([[], true]);
    await wait(6_000);
    proxy.forward();
    await processing;
    expect(await processed(testbed, others ?? '')).toMatchObject({ status: 'READY' });
    while ([...bucket.objects.keys()].some((key) => key.includes(mine ?? ''))) await wait(50);
  });

  test('connections to the bucket that are reset are replaced', async () => {
    const file = await files.jpeg();
    const { media } = await requestUpload(testbed, await testbed.person(), avatar(file.length));
    bucket.objects.set(`incoming/${media.id}`, { bytes: file, headers: {} });
    proxy.reset();
    await processor.handle(eventOf(`incoming/${media.id}`));
    expect(await processed(testbed, media.id)).toMatchObject({ status: 'READY' });
  });

  test('an owner has at most three uploads in processing, and further ones wait for one of them to end', async () => {
    const [flooder, other] = [await testbed.person(), await testbed.person()];
    const active = [await uploaded(flooder), await uploaded(flooder), await uploaded(flooder)];
    const processing = `update media set status = 'PROCESSING', queued_at = now(), processing_since = now()`;
    await testbed.sql(`${processing} where id = any($1)`, [active]);
    const [waiting, quick] = [await uploaded(flooder), await uploaded(other)];
    for (const id of [waiting, quick]) await processor.handle(eventOf(`incoming/${id}`));
    expect(await statusesOf(waiting, quick)).toEqual(['PENDING', 'READY']);
    // The event of an upload in processing is delivered again when its instance has failed.
    await processor.handle(eventOf(`incoming/${active[0]}`));
    expect(await statusesOf(active[0] ?? '', waiting)).toEqual(['READY', 'READY']);
    expect(await statusesOf(active[1] ?? '', active[2] ?? '')).toEqual(['PROCESSING', 'PROCESSING']);
  });

  test('an upload whose processing ended without a result counts no longer', async () => {
    const owner = await testbed.person();
    const lost = [await uploaded(owner), await uploaded(owner), await uploaded(owner)];
    const since = `now() - interval '1 hour'`;
    const processing = `update media set status = 'PROCESSING', queued_at = ${since}, processing_since = ${since}`;
    await testbed.sql(`${processing} where id = any($1)`, [lost]);
    const next = await uploaded(owner);
    await processor.handle(eventOf(`incoming/${next}`));
    expect(await statusesOf(next, ...lost)).toEqual(['READY', 'READY', 'READY', 'READY']);
  });

  test('a call that has worked for long leaves the waiting uploads to another one', async () => {
    const environment = readSettings(processorSettings, { ...testbed.environment, LOG_LEVEL: 'silent' });
    const late = await openBucketEventHandler(environment, { takingMs: 0 });
    const id = await uploaded(await testbed.person());
    await expect(late.handle(eventOf(`incoming/${id}`))).rejects.toThrow('another call');
    await late.close();
    expect(await statusesOf(id)).toEqual(['PENDING']);
    await processor.handle(eventOf(`incoming/${id}`));
    expect(await statusesOf(id)).toEqual(['READY']);
  });

  /** The id of a file that was sent to the bucket. */
  async function uploaded(owner: UserCaller): Promise<string> {
    const file = await files.jpeg();
    const { media } = await requestUpload(testbed, owner, avatar(file.length));
    bucket.objects.set(`incoming/${media.id}`, { bytes: file, headers: {} });
    return media.id;
  }

  function statusesOf(...ids: string[]): Promise<string[]> {
    return Promise.all(ids.map(async (id) => ((await mediaOf(testbed, id)) as { status: string }).status));
  }

  test('events of other keys are ignored, and an invalid event is an error', async () => {
    await processor.handle(eventOf('media/x/original.jpg'));
    await expect(processor.handle({ hello: 'world' })).rejects.toThrow(/Records/);
  });

  test('limits and permissions are the same as with a directory', async () => {
    const { errors } = await createUpload(testbed, await testbed.person(), { ...avatar(1), contentType: 'text/html' });
    expect(errors[0]?.extensions['code']).toBe('BAD_USER_INPUT');
  });
});

describe('the Lambda handler', () => {
  const handler = createHandler();

  test('reports every missing variable on each call', async () => {
    for (const _ of [1, 2]) await expect(handler({ Records: [] })).rejects.toThrow(/DATABASE_URL: .*MEDIA_BUCKET: /s);
  });
});

describe('the settings', () => {
  test('reject a directory in production', async () => {
    const testbed = await openUsersTestbed();
    const start = startService(service, { ...testbed.environment, NODE_ENV: 'production' });
    await expect(start).rejects.toThrow('MEDIA_STORAGE: expected s3');
    await testbed.close();
  });

  test.each([
    ['s3', /MEDIA_BUCKET: .*\n.*MEDIA_PUBLIC_URL: /],
    ['directory', /MEDIA_DIRECTORY: .*\n.*MEDIA_UPLOAD_URL: /],
    ['floppy', /MEDIA_STORAGE: /],
  ])('report the missing settings of the storage %s', async (storage, problems) => {
    await expect(startService(service, { MEDIA_STORAGE: storage })).rejects.toThrow(problems);
  });

  test('require a key of 32 bytes', async () => {
    await expect(startService(service, { MEDIA_STORAGE: 's3', MEDIA_ID_KEY: 'c2hvcnQ=' })).rejects.toThrow(
      'MEDIA_ID_KEY: expected at least 32 bytes in base64',
    );
  });
});

function eventOf(key: string): object {
  return { Records: [{ eventSource: 'aws:s3', s3: { object: { key: encodeURIComponent(key) } } }] };
}

function texts(values: object): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}

function avatar(bytes: number) {
  return { purpose: 'AVATAR', contentType: 'image/jpeg', bytes };
}
