/** What `getOrCreate` needs of a cache: `Map`, `WeakMap` and `LRUCache` of lru-cache have it. */
export interface MapLike<Key, Value> {
  get(key: Key): Value | undefined;
  /** `never` accepts every map, and leaves the type of its values to `get`. */
  set(key: Key, value: never): unknown;
}

/**
 * Returns the value of a key, and creates and stores it on the first call.
 *
 * One `get` on a hit, one `get` and one `set` on a miss. A value of `undefined` counts as missing, so cache absence as
 * `null`. A promise is cached as it is: delete the key in its rejection handler where a failure must not be cached. When
 * `create` throws, nothing is stored.
 *
 * @param map a `Map`, `WeakMap` or `LRUCache`
 * @param create computes the value; it receives the key, so that a caller on a hot path can pass one shared function
 */
export function getOrCreate<Key, Value>(map: MapLike<Key, Value>, key: Key, create: (key: Key) => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const created = create(key);
  map.set(key, created as never);
  return created;
}

/**
 * Makes a function that computes its result once per argument object and keeps it for as long as the object lives.
 *
 * @param compute a pure function; a result of `undefined` is computed again on every call
 */
export function memoizeWeak<Key extends WeakKey, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const results = new WeakMap<Key, Value>();
  return (key) => getOrCreate(results, key, compute);
}
