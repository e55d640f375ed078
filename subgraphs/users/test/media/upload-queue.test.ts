import { afterEach, describe, expect, test } from '@jest/globals';
import { openLog } from '@marquee/chassis/telemetry/log';
import { UploadQueue } from '../../src/media/processing/upload-queue.js';

const log = openLog('test', '0', 'silent');
let queue: UploadQueue;
afterEach(() => queue.close());

describe('the upload queue', () => {
  test('lets owners take turns, however many uploads one of them has', async () => {
    const started: string[] = [];
    const releases: (() => void)[] = [];
    let isOver = false;
    queue = new UploadQueue((id) => {
      started.push(id);
      return isOver ? Promise.resolve() : new Promise((resolve) => releases.push(resolve));
    }, log);
    for (let count = 1; count <= 20; count += 1) queue.add(`flood-${count}`, 'flooder');
    queue.add('one', 'first');
    queue.add('two', 'second');
    while (started.length < 7) {
      releases.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(started.slice(0, 7)).toEqual(['flood-1', 'flood-2', 'flood-3', 'one', 'two', 'flood-4', 'flood-5']);
    isOver = true;
    for (const release of releases) release();
  });

  test('is full with a thousand waiting uploads', () => {
    queue = new UploadQueue(() => new Promise(() => undefined), log);
    for (let count = 0; count < 1001; count += 1) queue.add(`id-${count}`, `owner-${count % 7}`);
    expect(queue.isFull).toBe(false);
    queue.add('last', 'owner');
    expect(queue.isFull).toBe(true);
    queue = new UploadQueue(async () => undefined, log);
  });
});
