import { describe, expect, test } from '@jest/globals';
import sharp, { type SharpOptions } from 'sharp';
import { processFile } from '../../src/media/processing/file-processing.js';
import type { Accepted, ProcessingResult } from '../../src/media/processing/processing-result.js';
import * as files from '../fixtures/media-files.js';

describe('a picture that is accepted', () => {
  test('stands upright and tells nothing of where it was taken', async () => {
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
  ])('stays %s and gets a thumbnail, a JPEG of 256 by 256', async (contentType, make) => {
    const { original, thumbnail } = accepted(await processFile(await make(), contentType));
    expect(original.contentType).toBe(contentType);
    expect((await sharp(original.bytes).metadata()).mediaType).toBe(contentType);
    expect(await sharp(thumbnail?.bytes).metadata()).toMatchObject({ format: 'jpeg', width: 256, height: 256 });
  });

  test('shows transparent parts white in its thumbnail and keeps them otherwise', async () => {
    const clear = { create: { width: 300, height: 300, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } };
    const uploaded = await sharp(clear as SharpOptions)
      .png()
      .toBuffer();
    const { original, thumbnail } = accepted(await processFile(uploaded, 'image/png'));
    expect((await sharp(original.bytes).metadata()).hasAlpha).toBe(true);
    const { channels } = await sharp(thumbnail?.bytes).stats();
    expect(channels.map(({ mean }) => Math.round(mean))).toEqual([255, 255, 255]);
  });

  test('loses what follows it, as a film behind a photograph', async () => {
    const uploaded = Buffer.concat([await files.jpeg(), Buffer.from('ftypmp42 and the rest of a film')]);
    const { original } = accepted(await processFile(uploaded, 'image/jpeg'));
    expect(original.bytes.toString('latin1')).not.toContain('ftypmp42');
  });

  test('is judged the same twice', async () => {
    const uploaded = await files.jpeg();
    expect(await processFile(uploaded, 'image/jpeg')).toEqual(await processFile(uploaded, 'image/jpeg'));
  });
});

describe('a document that is accepted', () => {
  test('stays as it is and has neither size in pixels nor thumbnail', async () => {
    expect(await processFile(files.pdf(), 'application/pdf')).toEqual({
      kind: 'accepted',
      original: { bytes: files.pdf(), contentType: 'application/pdf' },
      thumbnail: null,
      width: null,
      height: null,
    });
  });
});

describe('what is rejected, and the reason given', () => {
  test.each<[string, string, () => Buffer | Promise<Buffer>, string]>([
    ['a JPEG announced as PNG', 'image/png', files.jpeg, 'announced as image/png, but its bytes are image/jpeg'],
    ['a PDF announced as JPEG', 'image/jpeg', files.pdf, 'announced as image/jpeg, but its bytes are application/pdf'],
    ['an SVG with a script', 'image/png', () => files.svgWithScript, 'but its bytes are of no type that is known here'],
    ['plain text', 'image/webp', () => Buffer.from('not a picture'), 'its bytes are of no type that is known here'],
    ['a decompression bomb', 'image/png', () => files.bomb(), 'It has 20000 x 20000 pixels; at most 50 million'],
    ['a web page in a JPEG', 'image/jpeg', files.jpegWithPage, 'It is a picture and a web page at the same time.'],
    ['a JPEG before a PDF', 'image/jpeg', files.jpegThenPdf, 'It is a picture and a PDF at the same time.'],
    ['a JPEG before a PDF as PDF', 'application/pdf', files.jpegThenPdf, 'but its bytes are image/jpeg'],
    ['a JPEG before an archive', 'image/jpeg', files.jpegThenZip, 'It is a picture and an archive at the same time.'],
    ['a PDF before a JPEG', 'application/pdf', files.pdfThenJpeg, 'It does not end as a PDF does.'],
    ['a PDF after a blank', 'application/pdf', () => Buffer.concat([Buffer.from('\n'), files.pdf()]), 'its bytes are'],
    ['half a PDF', 'application/pdf', () => files.pdf().subarray(0, 100), 'It does not end as a PDF does.'],
    ['half a JPEG', 'image/jpeg', half, 'Its picture data is damaged and cannot be decoded.'],
    ['a JPEG of its first bytes', 'image/jpeg', async () => (await files.jpeg()).subarray(0, 20), 'damaged'],
  ])('%s', async (_, contentType, make, because) => {
    const verdict = await processFile(await make(), contentType);
    expect(verdict).toEqual({ kind: 'rejected', because: expect.stringContaining(because) });
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
