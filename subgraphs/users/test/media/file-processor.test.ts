import { afterEach, describe, expect, test } from '@jest/globals';
import sharp, { type Sharp } from 'sharp';
import { FileProcessor } from '../../src/media/processing/file-processor.js';
import * as files from '../fixtures/media-files.js';

let processor: FileProcessor;
afterEach(() => processor.close());

describe('the process of uploaded files', () => {
  test('returns renditions and rejections', async () => {
    processor = new FileProcessor();
    const picture = await png(600, 400);
    const [accepted, damaged, pdf] = await Promise.all([
      processor.process(picture, 'image/png'),
      processor.process(picture.subarray(0, 200), 'image/png'),
      processor.process(files.pdf(), 'application/pdf'),
    ]);
    expect(accepted).toMatchObject({ kind: 'accepted', width: 600, height: 400 });
    expect(Buffer.isBuffer((accepted as { original: { bytes: Buffer } }).original.bytes)).toBe(true);
    expect(damaged).toMatchObject({ kind: 'rejected' });
    expect(pdf).toMatchObject({ kind: 'accepted', thumbnail: null });
  });

  test('ends above its memory, and the next file gets another one', async () => {
    processor = new FileProcessor({ maxMegabytes: 400 });
    await expect(processor.process(await turnedJpeg(), 'image/jpeg')).rejects.toThrow(
      'Processing the file ended with 137.',
    );
    expect(await processor.process(await png(60, 40), 'image/png')).toMatchObject({ kind: 'accepted' });
  });

  test('has enough memory for a picture of the maximum size', async () => {
    processor = new FileProcessor();
    expect(await processor.process(await turnedJpeg(), 'image/jpeg')).toMatchObject({ kind: 'accepted' });
  });

  test('is killed when a file takes too long', async () => {
    processor = new FileProcessor({ timeoutMs: 1 });
    await expect(processor.process(await png(60, 40), 'image/png')).rejects.toThrow('took longer than 1 ms');
  });
});

function png(width: number, height: number): Promise<Buffer> {
  return picture(width, height).png().toBuffer();
}

/** To turn it upright, all of it must be in memory: about 800 MB. */
function turnedJpeg(): Promise<Buffer> {
  return picture(7000, 7000).jpeg().withMetadata({ orientation: 8 }).toBuffer();
}

function picture(width: number, height: number): Sharp {
  return sharp({ create: { width, height, channels: 3, background: '#336699' } });
}
