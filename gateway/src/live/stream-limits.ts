import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { rateLimited } from '@marquee/chassis/errors/errors';
import type { WorkOrigin } from '../engine/fair-queue.js';

export interface StreamLimitSettings {
  /** Maximum of different streams of one caller. Guests at one address are one caller. */
  perCaller: number;
  /** Maximum of different streams of all callers at one address. */
  perAddress: number;
}

/** Limits the different streams that the subscriptions of one origin keep open. */
export interface StreamLimits {
  /**
   * Counts a stream. Several subscriptions of one origin to one stream count once.
   * @returns a function that releases it
   * @throws GraphQLError RATE_LIMITED over a limit
   */
  acquire(origin: WorkOrigin, streamKey: string): () => void;
}

/** The streams of one caller or one address, with the number of their subscriptions. */
type Streams = Map<string, number>;

export function createStreamLimits({ perCaller, perAddress }: StreamLimitSettings): StreamLimits {
  const streams = new Map<string, Streams>();
  return {
    acquire({ address, caller }, streamKey) {
      const identified = caller === 'guest' ? `guest ${address}` : caller;
      const owners: [owner: string, limit: number][] = [
        [`caller ${identified}`, perCaller],
        [`address ${address}`, perAddress],
      ];
      for (const [owner, limit] of owners) {
        const open = streams.get(owner);
        if (open && open.size >= limit && !open.has(streamKey)) throw tooManyStreams(limit);
      }
      for (const [owner] of owners) change(streams, owner, streamKey, 1);
      return () => {
        for (const [owner] of owners) change(streams, owner, streamKey, -1);
      };
    },
  };
}

function change(streams: Map<string, Streams>, owner: string, streamKey: string, by: number): void {
  const open = getOrCreate(streams, owner, () => new Map<string, number>());
  const count = (open.get(streamKey) ?? 0) + by;
  if (count > 0) open.set(streamKey, count);
  else open.delete(streamKey);
  if (open.size === 0) streams.delete(owner);
}

function tooManyStreams(limit: number): ReturnType<typeof rateLimited> {
  return rateLimited(`At most ${limit} different subscriptions may be open at once.`, 60);
}
