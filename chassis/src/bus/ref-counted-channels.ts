import type { Redis } from 'ioredis';

/** The channels that somebody of this process listens to, each subscribed once at Redis. */
export interface RefCountedChannels {
  /** Listens until what it returns is called; further calls of that do nothing. The last to leave unsubscribes. */
  acquire(channel: string): () => void;
}

export interface RefCountedChannelsOptions {
  /** Called whenever Redis begins to tell of a channel: what was told before was missed. `again`: it had told before. */
  onSubscribed(channel: string, again: boolean): void;
  /** Called when Redis did not take a subscription. */
  onError(err: unknown): void;
}

export function refCountedChannels(
  subscriber: Redis,
  { onSubscribed, onError }: RefCountedChannelsOptions,
): RefCountedChannels {
  const holders = new Map<string, Set<symbol>>();
  const heard = new Set<string>();
  subscriber.on('ready', () => ask([...holders.keys()]));
  return {
    acquire(channel) {
      const holder = Symbol(channel);
      const others = holders.get(channel);
      holders.set(channel, (others ?? new Set()).add(holder));
      if (!others) ask([channel]);
      return () => release(channel, holder);
    },
  };

  /** Asks for nothing while there is no connection: with the next one everything is asked for. */
  function ask(channels: string[]): void {
    if (channels.length === 0 || subscriber.status !== 'ready') return;
    subscriber.subscribe(...channels).then(() => channels.forEach(begin), onError);
  }

  function begin(channel: string): void {
    onSubscribed(channel, heard.has(channel));
    heard.add(channel);
  }

  function release(channel: string, holder: symbol): void {
    const left = holders.get(channel);
    if (!left?.delete(holder) || left.size > 0) return;
    holders.delete(channel);
    heard.delete(channel);
    if (subscriber.status === 'ready') subscriber.unsubscribe(channel).catch(() => undefined);
  }
}
