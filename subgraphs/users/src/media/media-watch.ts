import { setTimeout as wait } from 'node:timers/promises';
import { createCurrentRowLoader } from '@marquee/chassis/loaders/loaders';
import { type Media, MediaStatus } from './media-model.js';
import type { MediaStore } from './media-store.js';

/** Milliseconds between two reads of the files that are followed. */
const pollMs = 500;

const finalStatuses: readonly MediaStatus[] = [MediaStatus.READY, MediaStatus.REJECTED];

export interface MediaWatch {
  /** Yields the file now and after each change of its status, until it is READY, REJECTED or gone. */
  follow(id: string, signal: AbortSignal): AsyncGenerator<Media>;
}

/**
 * Follows files while they are processed. The processor may be a function without a bus, so that their rows are read: those
 * of all subscribers at the same time, with one statement.
 */
export function createMediaWatch({ byIds }: Pick<MediaStore, 'byIds'>): MediaWatch {
  const current = createCurrentRowLoader(byIds, ({ id }) => id);
  let tick: Promise<void> | undefined;
  return {
    async *follow(id, signal) {
      for (let shown: MediaStatus | undefined; !signal.aborted; await nextTick()) {
        const media = await current.load(id);
        if (media === null) return;
        if (media.status !== shown) yield media;
        shown = media.status;
        if (finalStatuses.includes(shown)) return;
      }
    },
  };

  /** One timer for all followers, so that they read at the same time. */
  function nextTick(): Promise<void> {
    tick ??= wait(pollMs, undefined, { ref: false }).then(() => {
      tick = undefined;
    });
    return tick;
  }
}
