import { newTagVersion } from '@marquee/chassis/caching/tag-versions';
import { observedValue } from '@marquee/chassis/telemetry/instruments';
import { LRUCache } from 'lru-cache';
import { type CacheStore, serviceTag } from './cache-store.js';

/** Bytes that an entry needs in addition to its text. */
const overheadBytes = 200;

/**
 * Keeps results in this process, for a single gateway without Redis. Services cannot invalidate tags here, so every
 * mutation of a service invalidates all of its results.
 */
export function createMemoryStore(maxBytes: number): CacheStore {
  const bytes = observedValue('marquee.cache.bytes', {}, { kind: 'gauge', unit: 'By' });
  const versions = new Map<string, string>();
  const texts = new LRUCache<string, string>({
    maxSize: maxBytes,
    sizeCalculation: (text, key) => overheadBytes + 2 * (text.length + key.length),
    dispose: () => void (bytes.value = texts.calculatedSize),
  });
  return {
    async read(keys, tags) {
      return { texts: keys.map((key) => texts.get(key)), versions: tags.map((tag) => versions.get(tag) ?? '') };
    },
    write(entries) {
      for (const { key, text, ttlMs } of entries) texts.set(key, text, { ttl: ttlMs });
      bytes.value = texts.calculatedSize;
    },
    onMutation: (service) => void versions.set(serviceTag(service), newTagVersion()),
    close: () => texts.clear(),
  };
}
