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

export function createStreamLimits({ perCaller, perAddress }: StreamLimitSettings): StreamLimits {
  const owners = new Map<string, StreamOwner>();
  const ownerOf = (name: string): StreamOwner => getOrCreate(owners, name, () => new StreamOwner(name, owners));
  return {
    acquire({ address, caller }, streamKey) {
      const byCaller = ownerOf(`caller ${caller === 'guest' ? `guest ${address}` : caller}`);
      const byAddress = ownerOf(`address ${address}`);
      try {
        byCaller.check(streamKey, perCaller);
        byAddress.check(streamKey, perAddress);
        for (const owner of [byCaller, byAddress]) owner.add(streamKey);
      } finally {
        for (const owner of [byCaller, byAddress]) owner.removeIfUnused();
      }
      return () => {
        byCaller.release(streamKey);
        byAddress.release(streamKey);
      };
    },
  };
}

/** A caller or an address, with the number of its subscriptions to each of its streams. All its subscriptions share it. */
class StreamOwner {
  readonly #streams = new Map<string, number>();

  constructor(
    private readonly name: string,
    private readonly owners: Map<string, StreamOwner>,
  ) {}

  /** @throws GraphQLError RATE_LIMITED if it has as many other streams as it may have */
  check(streamKey: string, limit: number): void {
    if (this.#streams.size >= limit && !this.#streams.has(streamKey)) throw tooManyStreams(limit);
  }

  add(streamKey: string): void {
    this.#streams.set(streamKey, (this.#streams.get(streamKey) ?? 0) + 1);
  }

  release(streamKey: string): void {
    const count = (this.#streams.get(streamKey) ?? 0) - 1;
    if (count > 0) this.#streams.set(streamKey, count);
    else this.#streams.delete(streamKey);
    this.removeIfUnused();
  }

  removeIfUnused(): void {
    if (this.#streams.size === 0) this.owners.delete(this.name);
  }
}

function tooManyStreams(limit: number): ReturnType<typeof rateLimited> {
  return rateLimited(`At most ${limit} different subscriptions may be open at once.`, 60);
}
