import { describe, expect, test } from '@jest/globals';
import sharp, { type SharpOptions } from 'sharp';
import { processFile } from '../../src/media/processing/file-processing.js';
import type { Accepted, ProcessingResult } from '../../src/media/processing/processing-result.js';
import * as files from '../fixtures/media-files.js';

describe('an accepted picture', () => {
  test('is rotated upright and loses its location metadata', async () => {
    const uploaded = await files.phonePhoto();
    const before = await sharp(uploaded).metadata();
    expect([before.width, before.height, before.orientation]).toEqual([640, 480, 6]);
    expect(before.exif?.includes('A Phone')).toBe(true);
    const { original, width, height } = accepted(await processFile(uploaded, 'image/jpeg'));
    const after = await sharp(original.bytes).metadata();
    expect([width, height, after.width, after.height]).toEqual([480, 640, 480, 640]);
    expect([after.exif, after.icc, after.xmp, after.iptc, after.orientation]).toEqual(Array(5).fill(undefined));
    expect(await colourAt(original.bytes, 240, 10)).toBe('red');
    expect(await colourAt(original.bytes, 240, 630)).toBe('blue');
  });

  test.each([
    ['image/jpeg', files.jpeg],
    ['image/png', files.png],
    ['image/webp', files.webp],
  ])('remains %s and gets a JPEG thumbnail of 256 by 256 pixels', async (contentType, make) => {
    const { original, thumbnail } = accepted(await processFile(await make(), contentType));
    expect(original.contentType).toBe(contentType);
    expect((await sharp(original.bytes).metadata()).mediaType).toBe(contentType);
    expect(await sharp(thumbnail?.bytes).metadata()).toMatchObject({ format: 'jpeg', width: 256, height: 256 });
  });

  test('has a white background in its thumbnail only', async () => {
    const clear = { create: { width: 300, height: 300, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } };
    const uploaded = await sharp(clear as SharpOptions)
      .png()
      .toBuffer();
    const { original, thumbnail } = accepted(await processFile(uploaded, 'image/png'));
    expect((await sharp(original.bytes).metadata()).hasAlpha).toBe(true);
    const { channels } = await sharp(thumbnail?.bytes).stats();
    expect(channels.map(({ mean }) => Math.round(mean))).toEqual([255, 255, 255]);
  });

  test('loses trailing content, such as the film of a live photo', async () => {
    const uploaded = Buffer.concat([await files.jpeg(), Buffer.from('ftypmp42 and the rest of a film')]);
    const { original } = accepted(await processFile(uploaded, 'image/jpeg'));
    expect(original.bytes.toString('latin1')).not.toContain('ftypmp42');
  });

  test('yields the same result twice', async () => {
    const uploaded = await files.jpeg();
    expect(await processFile(uploaded, 'image/jpeg')).toEqual(await processFile(uploaded, 'image/jpeg'));
  });
});

describe('an accepted document', () => {
  test('is unchanged and has no dimensions and no thumbnail', async () => {
    expect(await processFile(files.pdf(), 'application/pdf')).toEqual({
      kind: 'accepted',
      original: { bytes: files.pdf(), contentType: 'application/pdf' },
      thumbnail: null,
      width: null,
      height: null,
    });
  });
});

describe('a rejected file, with the reason', () => {
  test.each<[string, string, () => Buffer | Promise<Buffer>, string]>([
    ['a JPEG declared as PNG', 'image/png', files.jpeg, 'declared as image/png, but its content is image/jpeg'],
    ['a PDF declared as JPEG', 'image/jpeg', files.pdf, 'declared as image/jpeg, but its content is application/pdf'],
    ['an SVG with a script', 'image/png', () => files.svgWithScript, 'but its content is of an unknown type'],
    ['plain text', 'image/webp', () => Buffer.from('not a picture'), 'its content is of an unknown type'],
    [
      'a decompression bomb',
      'image/png',
      () => files.bomb(),
      'The picture has 20000 x 20000 pixels; at most 50 million',
    ],
    [
      'a web page in a JPEG',
      'image/jpeg',
      files.jpegWithPage,
      'The file is a picture and a web page at the same time.',
    ],
    ['a JPEG before a PDF', 'image/jpeg', files.jpegThenPdf, 'The file is a picture and a PDF at the same time.'],
    ['a JPEG before a PDF as PDF', 'application/pdf', files.jpegThenPdf, 'but its content is image/jpeg'],
    [
      'a JPEG before an archive',
      'image/jpeg',
      files.jpegThenZip,
      'The file is a picture and an archive at the same time.',
    ],
    ['a PDF before a JPEG', 'application/pdf', files.pdfThenJpeg, 'The file does not end like a PDF.'],
    [
      'a PDF after white space',
      'application/pdf',
      () => Buffer.concat([Buffer.from('\n'), files.pdf()]),
      'its content is',
    ],
    ['a truncated PDF', 'application/pdf', () => files.pdf().subarray(0, 100), 'The file does not end like a PDF.'],
    ['a truncated JPEG', 'image/jpeg', half, 'The picture is damaged and cannot be decoded.'],
    ['the first bytes of a JPEG', 'image/jpeg', async () => (await files.jpeg()).subarray(0, 20), 'damaged'],
  ])('%s', async (_, contentType, make, reason) => {
    const verdict = await processFile(await make(), contentType);
    expect(verdict).toEqual({ kind: 'rejected', reason: expect.stringContaining(reason) });
  });
});

function accepted(verdict: ProcessingResult): Accepted {
  if (verdict.kind === 'rejected') throw new Error(verdict.reason);
  return verdict;
}

async function half(): Promise<Buffer> {
  const whole = await files.jpeg();
  return whole.subarray(0, whole.length / 2);
}

async function colourAt(image: Buffer, left: number, top: number): Promise<'red' | 'blue'> {
  const [red = 0, , blue = 0] = await sharp(image).extract({ left, top, width: 1, height: 1 }).raw().toBuffer();
  return red > blue ? 'red' : 'blue';
}
