import type { Closable } from '@marquee/chassis/process/closers';

/** Where results are kept: in this process, or in Redis. No operation fails because of it. */
export interface CacheStore extends Closable {
  /**
   * Reads entries together with the present versions of tags. Undefined while the store is not available.
   * @returns for each key its text, and for each tag its version; '' for a tag that was never invalidated
   */
  read(keys: readonly string[], tags: readonly string[]): Promise<StoreReading | undefined>;
  /** Keeps entries, as far as possible. */
  write(entries: readonly StoreEntry[]): void;
  /** A mutation of a service has ended. */
  onMutation(service: string): void;
}

export interface StoreReading {
  texts: readonly (string | null | undefined)[];
  versions: readonly string[];
}

export interface StoreEntry {
  key: string;
  text: string;
  /** Milliseconds after which it expires. */
  ttlMs: number;
}

/** The tag of all results of a service. */
export function serviceTag(service: string): string {
  return `service:${service}`;
}
