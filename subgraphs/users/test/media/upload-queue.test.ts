import { once } from 'node:events';
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
    for (const owner of ['a', 'b', 'c', 'd']) for (const at of [1, 2]) queue.add(`${owner}${at}`, owner);
    expect(started).toEqual(['flood-1', 'a1', 'b1', 'c1']);
    while (started.length < 10) {
      releases.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(started.slice(4, 10)).toEqual(['d1', 'flood-2', 'a2', 'b2', 'c2', 'd2']);
    isOver = true;
    for (const release of releases) release();
  });

  test('does not let an owner whose uploads hang or are retried delay the others', async () => {
    const done: string[] = [];
    queue = new UploadQueue(async (id, signal) => {
      if (id.startsWith('hanging')) await once(signal, 'abort');
      done.push(id);
    }, log);
    for (let count = 0; count < 20; count += 1) queue.add(`hanging-${count}`, 'flooder');
    for (let count = 0; count < 5; count += 1) queue.add(`quick-${count}`, 'first');
    while (done.length < 5) await new Promise((resolve) => setImmediate(resolve));
    expect(done).toEqual(['quick-0', 'quick-1', 'quick-2', 'quick-3', 'quick-4']);
  });

  test('is full with a thousand waiting uploads', () => {
    queue = new UploadQueue(() => new Promise(() => undefined), log);
    // Four of them are processed.
    for (let count = 0; count < 1003; count += 1) queue.add(`id-${count}`, `owner-${count % 7}`);
    expect(queue.isFull).toBe(false);
    queue.add('last', 'owner');
    expect(queue.isFull).toBe(true);
    queue = new UploadQueue(async () => undefined, log);
  });
});
