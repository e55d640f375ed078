import type { Redis } from 'ioredis';

/** The Redis channels that this process is subscribed to: each once, however many subscribers it has here. */
export interface RefCountedChannels {
  /**
   * Adds a subscriber of a channel.
   * @returns a function that removes the subscriber; the last one unsubscribes from Redis. Further calls do nothing.
   */
  acquire(channel: string): () => void;
}

export interface RefCountedChannelsOptions {
  /** Called whenever Redis has confirmed a subscription: earlier messages were missed. */
  onSubscribed(channel: string): void;
  /** Called when Redis rejected a subscription. */
  onError(err: unknown): void;
}

/** @param subscriber a connection in subscriber mode; all channels are subscribed again whenever it reconnects */
export function refCountedChannels(subscriber: Redis, options: RefCountedChannelsOptions): RefCountedChannels {
  const holders = new Map<string, Set<symbol>>();
  subscriber.on('ready', () => subscribe([...holders.keys()]));
  return {
    acquire(channel) {
      const holder = Symbol(channel);
      const others = holders.get(channel);
      holders.set(channel, (others ?? new Set()).add(holder));
      if (!others) subscribe([channel]);
      return () => release(channel, holder);
    },
  };

  /** Does nothing while there is no connection: the next one subscribes to all channels. */
  function subscribe(channels: string[]): void {
    if (channels.length === 0 || subscriber.status !== 'ready') return;
    subscriber
      .subscribe(...channels)
      .then(() => channels.forEach((channel) => options.onSubscribed(channel)), options.onError);
  }

  function release(channel: string, holder: symbol): void {
    const remaining = holders.get(channel);
    if (!remaining?.delete(holder) || remaining.size > 0) return;
    holders.delete(channel);
    if (subscriber.status === 'ready') subscriber.unsubscribe(channel).catch(() => undefined);
  }
}
